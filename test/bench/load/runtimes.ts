/**
 * Two thousand runtimes in one process: each registers, and beats at the pace that it is told. Reads its order from
 * stdin, and says on stdout when the steady time begins, and what it was like when it is over.
 */
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { order, type Saying } from './order.ts';

const registered = z.object({ auth_token: z.string(), next_heartbeat_in_s: z.number() });
const beaten = z.object({ next_heartbeat_in_s: z.number() });

/** After an answer that is none. */
const AGAIN_MS = 1_000;

const { api, runtimes, spreadSeconds, warmUpSeconds, steadySeconds } = order.parse(
  JSON.parse(await text(process.stdin)),
);
const latenciesMs: number[] = [];
const errors: Record<string, number> = {};
const steadyFrom = performance.now() + warmUpSeconds * 1_000;
const over = steadyFrom + steadySeconds * 1_000;

/** @returns what was answered; undefined where that was not what was asked for */
async function post<T extends z.ZodType>(path: string, token: string, body: object, answer: T) {
  try {
    const response = await fetch(`${api}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const said = await response.text();
    if (response.status === 200) return answer.parse(JSON.parse(said));
    failed(`${path}: HTTP ${response.status} ${said.slice(0, 100)}`);
  } catch (error) {
    failed(`${path}: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  return undefined;
}

function failed(how: string): void {
  errors[how] = (errors[how] ?? 0) + 1;
}

async function live({ id, token }: (typeof runtimes)[number], after: number): Promise<void> {
  await delay(after);
  const boot_id = `${id}-boot`;
  let known = await post('/registry/register', token, { id, boot_id, plugins: [] }, registered);
  while (known === undefined && performance.now() < over) {
    await delay(AGAIN_MS);
    known = await post('/registry/register', token, { id, boot_id, plugins: [] }, registered);
  }
  if (known === undefined) return;
  const began = performance.now();
  let waitMs = known.next_heartbeat_in_s * 1_000;
  while (performance.now() + waitMs < over) {
    await delay(waitMs);
    const sent = performance.now();
    const uptime_seconds = Math.floor((sent - began) / 1_000);
    const beat = { workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds, plugins: [] };
    const answer = await post('/registry/heartbeat', known.auth_token, beat, beaten);
    if (sent >= steadyFrom && answer !== undefined) latenciesMs.push(performance.now() - sent);
    waitMs = answer === undefined ? AGAIN_MS : answer.next_heartbeat_in_s * 1_000;
  }
}

const say = (saying: Saying): void => void process.stdout.write(`${JSON.stringify(saying)}\n`);

setTimeout(() => say({ said: 'steady' }), warmUpSeconds * 1_000);
await Promise.all(runtimes.map((each, index) => live(each, (index / runtimes.length) * spreadSeconds * 1_000)));
await delay(Math.max(0, over - performance.now()));
say({ said: 'done', latenciesMs, errors });
