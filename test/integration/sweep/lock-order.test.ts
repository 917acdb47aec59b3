import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, voicePolicy } from '../../../lib/domain/policy.ts';
import { makeWorkspace, store } from '../../support/registry.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';

const BESIDE = 1_500;
const { databaseName, dataApiUrl } = shared.now;

/** For new sessions only, so the pool is emptied after it. */
const forAllSessions = async (setting: string) => {
  await sql(`ALTER DATABASE ${databaseName} ${setting}`);
  await fetch(`${dataApiUrl}/_control/pools/${databaseName}`, { method: 'DELETE' });
};

const deadlocks = async () => {
  const [row] = await sql('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()');
  return Number(row?.['deadlocks']);
};

afterAll(() => forAllSessions('RESET enable_hashjoin'));

describe('flips of many rows beside their heartbeats', () => {
  it.each([
    ['as planned', 'RESET enable_hashjoin'],
    ['with hash joins off', 'SET enable_hashjoin = off'],
  ])('never deadlock: %s', async (_, setting) => {
    await forAllSessions(setting);
    const fleet = await Promise.all(Array.from({ length: 60 }, () => makeWorkspace({ status: 'online' })));
    const before = await deadlocks();
    const until = Date.now() + BESIDE;
    let flips = 0;
    let beats = 0;
    let expired = 0;

    const flipping = async () => {
      while (Date.now() < until) {
        const rows = [...fleet]
          .sort(() => Math.random() - 0.5)
          .slice(0, 30)
          .map(({ id, instanceId }) => ({
            workspace_id: id,
            instance_id: instanceId,
            generation: 1,
            event: 'instance_stopped' as const,
            reason: 'test',
            evidence: {},
            terminated: false,
            stopped_by_user: false,
          }));
        const flipped = await store.flipInstances({
          rows,
          askedAt: '2099-01-01',
          fence: null,
          actor: 'test',
          requestId: 'r',
        });
        flips += flipped.length;
      }
    };
    const beating = async () => {
      while (Date.now() < until) {
        const { id } = fleet[Math.floor(Math.random() * fleet.length)] ?? { id: '' };
        await store.recordHeartbeat({
          claims: { sub: id, gen: 1, ver: 1, kind: 'runtime' },
          beat: { error_rate: Math.random(), active_tasks: 0, uptime_seconds: 1, runtime_state: '' },
          requestId: 'r',
          policy: voicePolicy(DEFAULT_POLICY),
        });
        beats += 1;
      }
    };
    /** Silence falls on one after the other, so that leases expire all the time. */
    const silencing = async () => {
      while (Date.now() < until) {
        const { id } = fleet[Math.floor(Math.random() * fleet.length)] ?? { id: '' };
        await sql(`UPDATE heartbeats SET lease_until = now() - interval '1 second' WHERE workspace_id = :id::uuid`, {
          id,
        });
      }
    };
    const expiring = async () => {
      while (Date.now() < until) {
        const { length } = await store.expireLeases({ limit: 1000, actor: 'test', requestId: 'r' });
        expired += length;
      }
    };
    await Promise.all([
      ...Array.from({ length: 2 }, flipping),
      ...Array.from({ length: 2 }, expiring),
      ...Array.from({ length: 4 }, beating),
      ...Array.from({ length: 3 }, silencing),
    ]);
    expect(expired).toBeGreaterThan(0);
    expect(flips).toBeGreaterThan(fleet.length / 2);
    expect(beats).toBeGreaterThan(50);
    expect(await deadlocks()).toBe(before);
  });
});
