import { randomUUID } from 'node:crypto';
import { Unauthorized } from '../../../lib/domain/errors.ts';
import type { Status } from '../../../lib/domain/status.ts';
import { LAUNCH_TEMPLATE_ID } from '../../support/provided.ts';
import { beatRecord } from '../../support/records.ts';
import { store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { type Place, plantFleet } from './ec2-fleet.ts';
import { KINDS, type Kind } from './kinds.ts';

/** A workspace of the fleet, and the instance that it believed in at first. */
export type Member = Place & { readonly id: string; readonly instanceId: string; readonly generation: number };

const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'] as const;

/** By which events of the status table a provisioning workspace comes to a status. */
const WAYS = {
  provisioning: [],
  online: [['register', 'online']],
  degraded: [['beat_unhealthy', 'degraded']],
  offline: [['boot_timed_out', 'offline']],
  paused: [['pause', 'paused']],
  hibernated: [
    ['register', 'online'],
    ['hibernate', 'hibernated'],
  ],
  failed: [['launch_failed', 'failed']],
  removed: [['remove', 'removed']],
} as const satisfies Record<Status, readonly (readonly [event: string, to: Status])[]>;

/** Seconds since the last heartbeat, and until the lease ends; null: it never spoke. */
const VOICES = {
  beats: [0, 90],
  silent: [3_600, -3_500],
  lapsed: [120, -30],
  leased: [480, 600],
  never: null,
} as const satisfies Record<Kind['voice'], readonly [number, number] | null>;

/** Seconds for which EC2's answers may be older than the start that it was asked for; more than converge gives it. */
const SETTLES = 30;

/** Makes one fleet of all kinds. @param turn by so many zones the kinds that are in one only are moved on */
export async function makeFleet(turn: number): Promise<readonly Member[]> {
  const places = KINDS.flatMap((kind, at): Place[] => {
    if (kind.everywhere) return ZONES.map((zone) => ({ kind, zone }));
    return [{ kind, zone: ZONES[(at + turn) % ZONES.length] ?? ZONES[0] }];
  });
  // Zone after zone in the order of their ids: where there is time for some zones only, it ends in the middle of them.
  places.sort((one, other) => one.zone.localeCompare(other.zone));
  const { registryId } = await store.readRegistry({});
  const instanceIds = await plantFleet(places, registryId);
  const ids = places.map(() => randomUUID()).sort();
  const members = places.map((place, at) => ({
    ...place,
    id: ids[at] ?? '',
    instanceId: instanceIds[at] ?? '',
    generation: place.kind.lately === 'launched' ? 2 : 1,
  }));
  await insert(members);
  for (const step of [0, 1]) {
    await move(
      members.flatMap(({ id, kind }) => {
        const [event, to] = WAYS[kind.status][step] ?? [];
        return event === undefined || to === undefined ? [] : [{ id, event, to, owes: null }];
      }),
    );
  }
  await age(members);
  return members;
}

/** One status change each, with its cause. */
export async function move(
  moves: readonly { id: string; event: string; to: Status; owes: string | null }[],
): Promise<void> {
  await sql(
    `UPDATE workspaces w SET status = m.to::workspace_status, cause = jsonb_build_object(
       'event', m.event, 'reason', 'test', 'actor', 'test', 'owes', m.owes)
     FROM jsonb_to_recordset(:moves::jsonb) AS m(id uuid, event text, "to" text, owes text) WHERE w.id = m.id`,
    { moves: JSON.stringify(moves) },
  );
}

/** A heartbeat of each, all at once; who has been refused meanwhile stays so. */
export async function beat(members: readonly Pick<Member, 'id' | 'generation'>[]): Promise<void> {
  await Promise.all(
    members.map(async ({ id, generation }) => {
      const record = beatRecord(id, { uptime_seconds: 0 });
      const spoken = store.recordHeartbeat({ ...record, claims: { ...record.claims, gen: generation } });
      await spoken.catch((error: unknown) => {
        if (!(error instanceof Unauthorized)) throw error;
      });
    }),
  );
}

const rowsOf = (members: readonly Member[]) =>
  JSON.stringify(
    members.map(({ id, instanceId, generation, zone, kind }, at) => {
      const [silent, lease] = VOICES[kind.voice] ?? [null, null];
      const [seen, missing] = kind.missed ?? [0, null];
      return {
        ...{ id, instance_id: instanceId, generation, silent, lease, seen },
        name: kind.name,
        zone: kind.nowhere ? null : zone,
        policy: kind.policy ?? 'on_instance_loss',
        launched: kind.lately === 'launched' ? 0 : 7_200,
        booted: kind.lately === undefined ? 7_200 : 0,
        // Nobody has been missing for just as long as another, so that it is known who comes first.
        missing: missing === null ? null : missing + at / 10,
        stopped_by: kind.held ? 'user' : null,
        settles: kind.started ? SETTLES : null,
      };
    }),
  );

const insert = (members: readonly Member[]) =>
  sql(
    `INSERT INTO workspaces (id, name, runtime, restart_policy, created_by, launch, instance_id, availability_zone,
       generation, created_at)
     SELECT m.id, m.name, 'agent', m.policy::restart_policy, '{"actor": "test"}', CAST(:launch AS jsonb), m.instance_id,
       m.zone, m.generation, now() - interval '2 days'
     FROM jsonb_to_recordset(:rows::jsonb)
       AS m(id uuid, name text, policy text, instance_id text, zone text, generation integer)`,
    { rows: rowsOf(members), launch: JSON.stringify({ launch_template_id: LAUNCH_TEMPLATE_ID }) },
  );

const age = (members: readonly Member[]) =>
  sql(
    `WITH m AS (
       SELECT * FROM jsonb_to_recordset(:rows::jsonb) AS r(id uuid, silent double precision, lease double precision,
         seen integer, missing double precision, launched double precision, booted double precision, settles integer,
         stopped_by text)
     ), heard AS (
       UPDATE heartbeats h SET
         last_heartbeat_at = COALESCE(now() - make_interval(secs => m.silent), '-infinity'),
         lease_until = COALESCE(now() + make_interval(secs => m.lease), '-infinity')
       FROM m WHERE h.workspace_id = m.id
     )
     UPDATE workspaces w SET
       launched_at = now() - make_interval(secs => m.launched), boot_asked_at = now() - make_interval(secs => m.booted),
       ec2_settles_at = COALESCE(now() + make_interval(secs => m.settles), '-infinity'),
       stopped_by = m.stopped_by, absent_seen = m.seen, absent_since = now() - make_interval(secs => m.missing),
       absent_cycle = (SELECT fence FROM sweep_state WHERE m.seen > 0)
     FROM m WHERE w.id = m.id`,
    { rows: rowsOf(members) },
  );
