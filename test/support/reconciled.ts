import { expect } from 'vitest';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL } from './registry.ts';
import { heartbeat, reconcile, register } from './runtime.ts';
import { shared } from './shared.ts';

const [{ name, version, sha256 }] = SEO_ALL.plugins;

/** A report of all that {@link SEO_ALL} declares. */
export const INSTALLED = [{ name, version, sha256 }];

/** A workspace that is online, with all that is declared reported and its reconcile done; no invoke is kept of the way. */
export async function reconciled() {
  const made = await makeWorkspace({ declaration: SEO_ALL });
  const token = await made.token('runtime');
  await register(token, { id: made.id, boot_id: 'b1', plugins: INSTALLED });
  expect(await reconcile(made.id)).toMatchObject({ done: 1 });
  shared.now.lambda.invocations.length = 0;
  return { ...made, runtime: token, beat: (plugins: unknown[]) => heartbeat(token, made.id, { plugins }) };
}

/** The events of these kinds, oldest first, their evidence read. */
export async function told(id: string, ...kinds: string[]) {
  return (await eventsOf(id))
    .filter(({ event }) => kinds.includes(String(event)))
    .map(({ event, evidence }) => ({ event, evidence: JSON.parse(String(evidence)) }));
}

/** Whether a workspace still owes a reconcile. */
export async function isOwed(id: string): Promise<boolean> {
  const row = await rowOf(id);
  return Number(row?.['reconcile_wanted']) > Number(row?.['reconcile_done']);
}
