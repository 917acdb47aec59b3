import { setTimeout as delay } from 'node:timers/promises';
import type { Act } from '../plan/act.ts';
import { call } from './call.ts';
import { createWorkspace } from './create.ts';
import type { Storm } from './storm.ts';

/** How long an act waits for its workspace to be there. */
const THERE_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

type OnWorkspace = Exclude<Act, { kind: 'create' }>;

/** Does one act and counts what became of it; one on a workspace that does not come to be is left out. */
export async function perform(storm: Storm, act: Act): Promise<void> {
  if (act.kind === 'create') return createWorkspace(storm, act.workspace, act.wish);
  const { stack, tally, over } = storm;
  const name = nameOf(act);
  const id = await idOf(storm, act.workspace);
  if (id === undefined) return tally.acted(name, 'not created yet');
  if (act.kind === 'outside') return actOutside(storm, id, act.act);
  const { method, path } = routeOf(act);
  const answer = await call({ method, url: `${stack.api}/workspaces/${id}${path}` }, over);
  if (!over.aborted) tally.answered(name, answer, id);
}

/** As a list shows it, which may be before its creator is answered. */
async function idOf({ ids, database, over }: Storm, workspace: number): Promise<string | undefined> {
  const deadline = performance.now() + THERE_WITHIN_MS;
  for (;;) {
    const id = ids.get(workspace) ?? (await database.idOf(workspace));
    if (id !== undefined || performance.now() > deadline) return id;
    await delay(LOOK_EVERY_MS, undefined, { signal: over });
  }
}

function nameOf(act: OnWorkspace): string {
  switch (act.kind) {
    case 'command':
      return act.replace ? `${act.command} with a new instance` : act.command;
    case 'reissue':
      return 'reissue-token';
    case 'outside':
      return `outside ${act.act}`;
  }
}

function routeOf(act: Exclude<OnWorkspace, { kind: 'outside' }>) {
  if (act.kind === 'reissue') return { method: 'POST', path: '/reissue-token' } as const;
  if (act.command === 'remove') return { method: 'DELETE', path: '' } as const;
  return { method: 'POST', path: `/${act.command}${act.replace ? '?replace=true' : ''}` } as const;
}

/** What happens to the instance that the row believes in at this moment. */
async function actOutside({ stack, tally, database, killed, over }: Storm, id: string, act: string): Promise<void> {
  const instanceId = await database.instanceOf(id);
  if (instanceId === null) return tally.acted(`outside ${act}`, 'no instance');
  const url = `${stack.ec2}/_control/instances/${instanceId}/${act}`;
  const { status } = await call({ method: 'POST', url }, over);
  if (act === 'kill-process' && status === 200) killed.set(instanceId, new Date());
  tally.acted(`outside ${act}`, status === 200 ? 'done' : 'refused');
}
