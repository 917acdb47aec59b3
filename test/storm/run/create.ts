import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Wish } from '../plan/act.ts';
import { call } from './call.ts';
import { outcomeOf } from './outcome.ts';
import { SPOT_TEMPLATE_ID } from './spot-template.ts';
import type { Storm } from './storm.ts';

/** Long enough for a busy machine; half as long as its first token is good. */
const BOOT_TIMEOUT_SECONDS = 120;

const named = z.union([z.object({ id: z.uuid() }), z.object({ workspace_id: z.uuid() })]);
const answeredId = (body: unknown): string | undefined => {
  const parsed = named.safeParse(body).data;
  if (parsed === undefined) return undefined;
  return 'id' in parsed ? parsed.id : parsed.workspace_id;
};

/**
 * Creates a workspace as a client would that wants exactly one: with a key, again after every answer that says nothing
 * of it or none at all, until it is answered. What a refused answer already names is known from then on.
 */
export async function createWorkspace(storm: Storm, workspace: number, wish: Wish): Promise<void> {
  const { stack, tally, ids, over } = storm;
  const headers = { 'idempotency-key': `storm-${workspace}` };
  for (let attempt = 1; !over.aborted; attempt += 1) {
    const patience = attempt === 1 ? { patienceMs: wish.patienceMs } : {};
    const body = bodyOf(storm, workspace, wish);
    const answer = await call({ method: 'POST', url: `${stack.api}/workspaces`, headers, body, ...patience }, over);
    if (over.aborted) return;
    tally.answered('create', answer, `number ${workspace}`);
    const id = answeredId(answer.body);
    const known = ids.get(workspace);
    if (id !== undefined && known !== undefined && known !== id) {
      tally.wrong.push(`create number ${workspace}: one key was answered ${known} and ${id}`);
    }
    if (id !== undefined) ids.set(workspace, id);
    const isOver = answer.status === 410;
    if (outcomeOf(answer) === 'done' || outcomeOf(answer) === 'wrong' || isOver) return;
    await delay(Math.min(8_000, 500 * 2 ** attempt), undefined, { signal: over }).catch(() => undefined);
  }
}

function bodyOf({ stack }: Storm, workspace: number, { policy, stoppable, plugin }: Wish) {
  return {
    name: `storm-${workspace}`,
    runtime: 'agent',
    labels: { storm: String(workspace) },
    restart_policy: policy,
    boot_timeout_seconds: BOOT_TIMEOUT_SECONDS,
    ...(stoppable ? {} : { launch: { launch_template_id: SPOT_TEMPLATE_ID } }),
    ...(plugin ? { declaration: { plugins: [stack.seoAll] } } : {}),
  };
}
