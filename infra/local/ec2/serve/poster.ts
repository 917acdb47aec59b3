import PQueue from 'p-queue';
import type { Ec2StateChangeEvent } from '../server.ts';

/** A fleet that ends at once must not open a connection for each of its instances. */
const sideBySide = 50;
const answerMs = 10_000;

/** Sends events to a URL by POST; each promise rejects when its event was not taken (2xx) within 10 s. */
export function poster(url: string): (event: Ec2StateChangeEvent) => Promise<void> {
  const queue = new PQueue({ concurrency: sideBySide });
  return (event) => queue.add(() => post(url, event));
}

async function post(url: string, event: Ec2StateChangeEvent): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(event);
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(answerMs) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${url} refused an event of ${event.detail['instance-id']} with ${answer.status}`);
}
