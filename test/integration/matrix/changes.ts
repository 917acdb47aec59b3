import type { Status } from '../../../lib/domain/status.ts';
import { store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { plantRunning, startAll } from './ec2-fleet.ts';
import { beat, type Member, move } from './fleet.ts';
import type { Change } from './kinds.ts';
import type { Stand } from './stand.ts';

/** Only to those that nothing else has happened to since they were looked at. */
type Changing = readonly { readonly member: Member; readonly stand: Stand }[];

/** By what a status moves away from where it is and comes back to it. */
const BLINKS: Partial<Record<Status, readonly (readonly [event: string, to: Status])[]>> = {
  online: [
    ['beat_unhealthy', 'degraded'],
    ['beat_healthy', 'online'],
  ],
  offline: [
    ['register', 'online'],
    ['instance_stopped', 'offline'],
  ],
};

const CHANGES = {
  beats: (all) => beat(all.map(({ member }) => member)),
  'is started': async (all) => {
    await startAll(all.map(({ member }) => member.instanceId));
    await beat(all.map(({ member }) => member));
  },
  'is replaced': async (all) => {
    await move(
      steps(
        all.filter(({ stand }) => stand.status !== 'offline'),
        'instance_gone',
        'offline',
      ),
    );
    await raise(all);
    await exchange(all);
    await move(steps(all, 'launched', 'provisioning'));
  },
  'is raised': (all) => raise(all),
  'has another instance': (all) => exchange(all),
  'is paused': (all) => move(steps(all, 'pause', 'paused')),
  'is removed': (all) => move(steps(all, 'remove', 'removed')),
  blinks: async (all) => {
    for (const step of [0, 1]) {
      await move(
        all.flatMap(({ member: { id }, stand }) => {
          const [event, to] = BLINKS[stand.status]?.[step] ?? [];
          return event === undefined || to === undefined ? [] : [{ id, event, to, owes: null }];
        }),
      );
    }
  },
  'comes to owe': (all) =>
    sql(
      `UPDATE workspaces SET ec2_op = 'launch', ec2_next_at = now()
       WHERE id IN (SELECT jsonb_array_elements_text(:ids::jsonb)::uuid)`,
      { ids: JSON.stringify(all.map(({ member }) => member.id)) },
    ),
} as const satisfies Record<Change, (all: Changing) => Promise<unknown>>;

/** Lets happen to each what its kind says. @param stands how they stood before: who has moved since is left alone */
export async function change(
  members: readonly Member[],
  when: 'meanwhile' | 'late',
  stands: ReadonlyMap<string, Stand>,
): Promise<void> {
  const changing = members.flatMap((member) => {
    const stand = stands.get(member.id);
    const what = member.kind[when];
    return stand === undefined || what === undefined || isMoved(member, stand) ? [] : [{ member, stand, what }];
  });
  for (const [what, all] of Map.groupBy(changing, (one) => one.what)) await CHANGES[what](all);
}

function isMoved({ kind, instanceId }: Member, { status, instance_id }: Stand): boolean {
  return status !== kind.status || instance_id !== instanceId;
}

function steps(all: Changing, event: string, to: Status) {
  return all.map(({ member: { id } }) => ({ id, event, to, owes: null }));
}

/** The next generation begins, in both tables. */
const raise = (all: Changing) =>
  sql(
    `WITH m AS (
       SELECT jsonb_array_elements_text(:ids::jsonb)::uuid AS id
     ), raised AS (
       UPDATE heartbeats h SET generation = h.generation + 1, token_version = 1, boot_id = NULL,
         last_heartbeat_at = '-infinity', lease_until = '-infinity'
       FROM m WHERE h.workspace_id = m.id
     )
     UPDATE workspaces w SET generation = w.generation + 1 FROM m WHERE w.id = m.id`,
    { ids: JSON.stringify(all.map(({ member }) => member.id)) },
  );

/** Another instance, just launched, is the workspace's. */
async function exchange(all: Changing): Promise<void> {
  const { registryId } = await store.readRegistry({});
  const instanceIds = await plantRunning(
    all.map(({ member }) => member.zone),
    registryId,
  );
  const rows = all.map(({ member: { id } }, at) => ({ id, instance_id: instanceIds[at] }));
  await sql(
    `UPDATE workspaces w SET previous_instance_id = w.instance_id, instance_id = m.instance_id,
       launched_at = clock_timestamp(), boot_asked_at = clock_timestamp()
     FROM jsonb_to_recordset(:rows::jsonb) AS m(id uuid, instance_id text) WHERE w.id = m.id`,
    { rows: JSON.stringify(rows) },
  );
}
