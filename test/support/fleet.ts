import { Unauthorized } from '../../lib/domain/errors.ts';
import { beatRecord, registerRecord } from './records.ts';
import { type Made, makeWorkspace, store } from './registry.ts';
import { NOTHING_HELD } from './silence.ts';
import { sql } from './sql.ts';

/** Rows a statement takes of a fleet; fewer where what it writes leaves little to do for the others. */
const MANY = 30;
const FEW = 6;

const COMMON = { fence: null, actor: 'test', requestId: 'r' } as const;

/** A fleet on which everything that locks rows can be let loose; each act answers how many rows it wrote. */
export async function makeFleet(size: number) {
  const fleet = await Promise.all(Array.from({ length: size }, () => makeWorkspace({ status: 'online' })));

  const someRows = (count = MANY) =>
    [...fleet]
      .sort(() => Math.random() - 0.5)
      .slice(0, count)
      .map(({ id, instanceId }) => ({
        workspace_id: id,
        instance_id: instanceId,
        generation: 1,
        asked_at: '2099-01-01',
        reason: 'test',
        evidence: {},
        stopped_by_user: false,
      }));
  const one = (): Made => {
    const made = fleet[Math.floor(Math.random() * fleet.length)];
    if (made === undefined) throw new Error('the fleet is empty');
    return made;
  };
  const flip = async (event: 'instance_gone' | 'instance_stopped', count: number) => {
    const rows = someRows(count).map((row) => ({ ...row, event, terminated: true }));
    return (await store.flipInstances({ rows, ...COMMON })).length;
  };
  /** What is gone is refused until it is revived. */
  const spoken = (voice: Promise<unknown>) =>
    voice.then(
      () => 1,
      (error: unknown) => {
        if (error instanceof Unauthorized) return 0;
        throw error;
      },
    );
  const change = async (text: string, values: Record<string, string>) => (await sql(text, values)).length;

  return {
    stopped: () => flip('instance_stopped', MANY),
    gone: () => flip('instance_gone', FEW),
    cleared: async () => (await store.clearDeadInstances({ rows: someRows(), ...COMMON })).length,
    startsOwed: async () => (await store.oweStart({ rows: someRows(), ...COMMON })).length,
    expired: async () =>
      (await store.expireLeases({ ...NOTHING_HELD, limit: 1000, actor: 'test', requestId: 'r' })).length,
    beats: () => spoken(store.recordHeartbeat(beatRecord(one().id, { error_rate: Math.random() }))),
    registers: () =>
      spoken(store.recordRegister(registerRecord(one().id, { boot_id: `b${Math.random()}`, plugins: [] }))),
    /** Silence falls on one after the other, so that leases expire all the time. */
    silenced: () =>
      change(
        `UPDATE heartbeats SET lease_until = now() - interval '1 second' WHERE workspace_id = :id::uuid
         RETURNING workspace_id`,
        { id: one().id },
      ),
    /** Gives instances and tokens back, and lets half of what is offline boot again; in the lock order. */
    revived: () =>
      change(
        `WITH input AS (
           SELECT * FROM jsonb_to_recordset(:rows::jsonb) AS r(workspace_id uuid, instance_id text)
         ), beats AS (
           SELECT h.workspace_id FROM heartbeats h JOIN input i ON i.workspace_id = h.workspace_id
           ORDER BY h.workspace_id FOR NO KEY UPDATE OF h
         ), found AS (
           SELECT w.id, i.instance_id, w.status = 'offline' AND random() < 0.5 AS can_boot
           FROM workspaces w JOIN beats b ON b.workspace_id = w.id JOIN input i ON i.workspace_id = w.id
           ORDER BY w.id FOR NO KEY UPDATE OF w
         ), heard AS (
           UPDATE heartbeats h SET token_version = 1 FROM found f WHERE h.workspace_id = f.id
         )
         UPDATE workspaces w SET
           instance_id = f.instance_id,
           status = CASE WHEN can_boot THEN 'provisioning' ELSE w.status END,
           cause = CASE WHEN can_boot THEN '{"event": "restart", "reason": "test", "actor": "test"}'::jsonb END
         FROM found f WHERE w.id = f.id
         RETURNING w.id`,
        { rows: JSON.stringify(someRows()) },
      ),
  };
}

export type Act = keyof Awaited<ReturnType<typeof makeFleet>>;
