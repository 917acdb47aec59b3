import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createHeartbeat } from '../../../functions/heartbeat/heartbeat.ts';
import { createRegister } from '../../../functions/register/register.ts';
import { nextBeatIn } from '../../../lib/domain/pace.ts';
import { DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import { handOver, makeWorkspace, SEO_ALL, store, tokens } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const EXTERNAL = { launch: null, restartPolicy: 'never' } as const;

const inFleet = (fleet: number, waiting = 0) =>
  sql('UPDATE sweep_state SET fleet_size = :fleet::integer, waiting_size = :waiting::integer', { fleet, waiting });
const leaseOf = async (id: string) =>
  (await sql('SELECT lease_seconds FROM heartbeats WHERE workspace_id = :id::uuid', { id }))[0]?.['lease_seconds'];

beforeEach(() => inFleet(10));
afterAll(() => inFleet(0));

describe('an ordinary pace', () => {
  it.each([
    ['an instance', {}, 10, 60, 180],
    ['an external runtime', EXTERNAL, 10, 30, 90],
    ['an instance', {}, 50_000, 100, 300],
    ['an external runtime', EXTERNAL, 50_000, 100, 300],
  ] as const)(
    'of %s (%o) in a fleet of %i is %i s, half a one more or less, and it is believed for %i s',
    async (_, options, fleet, pace, lease) => {
      await inFleet(fleet);
      const { id, token } = await makeWorkspace(options);
      const runtime = await token('runtime');
      for (const voice of [() => register(runtime, { id }), () => heartbeat(runtime, id)]) {
        const { body } = await voice();
        expect(body.next_heartbeat_in_s).toBeGreaterThanOrEqual(pace * 0.5);
        expect(body.next_heartbeat_in_s).toBeLessThanOrEqual(pace * 1.5);
        expect(await leaseOf(id)).toBe(lease);
        await sql('UPDATE heartbeats SET lease_seconds = 1 WHERE workspace_id = :id::uuid', { id });
      }
    },
  );

  it('falls on the phase of the workspace, for a beat as for a register', async () => {
    const { id, token } = await makeWorkspace();
    const runtime = await token('runtime');
    const nowMs = Date.UTC(2026, 0, 1);
    const random = 0.25;
    const ports = {
      ...{ tokens, store, handOver, policy: DEFAULT_POLICY, reconcile: { request: async () => undefined } },
      random: () => random,
      clock: () => nowMs,
    };
    const expected = nextBeatIn({ workspaceId: id, paceSeconds: 60, fastSeconds: 2, nowMs, random });
    const registered = await createRegister(ports)('r', runtime, () => ({ id }));
    expect(registered.next_heartbeat_in_s).toBe(expected);
    const beat = { workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds: 0, runtime_state: '' } as const;
    expect((await createHeartbeat(ports)('r', runtime, () => beat)).next_heartbeat_in_s).toBe(expected);
  });
});

describe('the fast pace of a waiting plan', () => {
  const waitingRuntime = async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    return {
      id: made.id,
      registers: async () => (await register(token, { id: made.id })).body.next_heartbeat_in_s,
      beats: async () => (await heartbeat(token, made.id, { plugins: [] })).body.next_heartbeat_in_s,
    };
  };

  it.each([
    ['few wait', 400, 1, 2],
    ['3,000 wait, and 500 may beat a second', 3_000, 6, 6],
    ['all 50,000 wait: it is no slower than the ordinary one', 60_000, 100, 100],
  ])('when %s (%i) is %f s after a register and %f s then', async (_, waiting, first, then) => {
    await inFleet(50_000, waiting);
    const { registers, beats } = await waitingRuntime();
    const jitter = (pace: number) => (pace <= 2 ? 0.1 : 0.5) * pace + 0.001;
    expect(Math.abs((await registers()) - first)).toBeLessThanOrEqual(jitter(first));
    expect(Math.abs((await beats()) - then)).toBeLessThanOrEqual(jitter(then));
  });

  it.each([
    [10, 0, 180],
    [50_000, 0, 300],
    [50_000, 3_000, 300],
  ])('never shortens a lease: in a fleet of %i of which %i wait it is %i s', async (fleet, waiting, lease) => {
    await inFleet(fleet, waiting);
    const { id, registers, beats } = await waitingRuntime();
    expect(await registers()).toBeLessThan(10);
    expect(await leaseOf(id)).toBe(lease);
    expect(await beats()).toBeLessThan(10);
    expect(await leaseOf(id)).toBe(lease);
    const [row] = await sql(
      `SELECT extract(epoch FROM lease_until - last_heartbeat_at)::integer AS lasts FROM heartbeats
       WHERE workspace_id = :id::uuid`,
      { id },
    );
    expect(row).toEqual({ lasts: lease });
  });
});
