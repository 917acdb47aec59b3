import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeWorkspace, store } from '../../support/registry.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';
import { booting, forgetEarlier, liveness, livenessWith, resting } from './aged.ts';

const { lambda } = shared.now;

beforeEach(async () => {
  await forgetEarlier();
  lambda.invocations.length = 0;
  lambda.refuses = false;
});

describe('the attempts of a workspace', () => {
  const inStatusFor = async (status: 'online' | 'degraded' | 'provisioning', seconds: number) => {
    const { id } = await makeWorkspace({ status });
    await sql(
      `UPDATE workspaces SET ec2_attempts = 3, status_since = now() - make_interval(secs => :s::integer)
       WHERE id = :id::uuid`,
      { id, s: seconds },
    );
    await sql(`UPDATE heartbeats SET lease_until = 'infinity' WHERE workspace_id = :id::uuid`, { id });
    return id;
  };
  const attemptsOf = async (id: string) =>
    (await sql('SELECT ec2_attempts FROM workspaces WHERE id = :id::uuid', { id }))[0]?.['ec2_attempts'];

  it.each([
    ['online', 610, 0],
    ['online', 590, 3],
    ['degraded', 5000, 3],
    ['provisioning', 5000, 3],
  ] as const)('after being %s for %i s: %i of 3 count', async (status, seconds, left) => {
    const id = await inStatusFor(status, seconds);
    expect(await liveness()).toMatchObject({ attempts_reset: left === 0 ? 1 : 0 });
    expect(await attemptsOf(id)).toBe(left);
  });

  it('count on in the grace after our own outage: nobody has seen it online', async () => {
    const id = await inStatusFor('online', 5000);
    await sql(`UPDATE sweep_state SET grace_until = now() + interval '1 minute'`);
    await liveness();
    expect(await attemptsOf(id)).toBe(3);
  });
});

describe('an idempotency key', () => {
  it.each([
    ['whose time is over', '-1 second', '-1 hour', false],
    ['whose time is not over', '1 minute', '-1 hour', true],
    ['which somebody is answering', '-1 second', '1 minute', true],
  ])('%s (%s; held %s) is kept: %s', async (_, expires, held, kept) => {
    const key = randomUUID();
    await sql(
      `INSERT INTO idempotency_keys (key, workspace_id, request_sha256, expires_at, held_until)
       VALUES (:key::text, gen_random_uuid(), 'x', now() + :expires::text::interval, now() + :held::text::interval)`,
      { key, expires, held },
    );
    await liveness();
    expect(await sql('SELECT 1 AS one FROM idempotency_keys WHERE key = :key::text', { key })).toHaveLength(
      kept ? 1 : 0,
    );
  });

  it('is forgotten in batches, however many there are', async () => {
    await sql(
      `INSERT INTO idempotency_keys (key, workspace_id, request_sha256, expires_at)
       SELECT 'old ' || n, gen_random_uuid(), 'x', now() - interval '1 day' FROM generate_series(1, 1200) n`,
    );
    expect(await store.purgeIdempotencyKeys({ limit: 1000 })).toHaveLength(1000);
    await liveness();
    expect(await sql(`SELECT 1 AS one FROM idempotency_keys WHERE key LIKE 'old %'`)).toEqual([]);
  });
});

describe('converge is asked for', () => {
  const ASKED = { functionName: 'muster-test-converge', type: 'Event' };
  const silent = async (options: Parameters<typeof makeWorkspace>[0]) => {
    const { id } = await makeWorkspace({ status: 'online', ...options });
    await sql(`UPDATE heartbeats SET lease_until = now() - interval '1 hour' WHERE workspace_id = :id::uuid`, { id });
  };
  const idle = (options: Parameters<typeof makeWorkspace>[0] = {}) =>
    resting({ busyMinutes: 600, statusMinutes: 600 }, options);

  it.each<readonly [when: string, arrange: () => Promise<unknown>, times: number]>([
    ['once, when a boot has timed out and a workspace hibernates', async () => [await booting(700), await idle()], 1],
    ['when silence owes a reboot', () => silent({ restartPolicy: 'on_silence' }), 1],
    ['not when silence owes nothing', () => silent({}), 0],
    ['not when a boot has timed out for which nothing is done', () => booting(700, { restartPolicy: 'never' }), 0],
    ['not when what hibernates is external', () => idle({ launch: null, restartPolicy: 'never' }), 0],
    ['not when there is nothing to do', async () => undefined, 0],
  ])('%s', async (_, arrange, times) => {
    await arrange();
    await liveness();
    expect(lambda.invocations).toEqual(
      Array.from({ length: times }, () => ({ ...ASKED, payload: { 'detail-type': 'Scheduled Event' } })),
    );
  });

  it('in vain without harm: the run succeeds, and the schedule finds what is owed', async () => {
    lambda.refuses = true;
    await booting(700);
    expect(await liveness()).toMatchObject({ boots_timed_out: 1 });
  });

  it('no statement is begun once the time of the run is over, but the run is noted', async () => {
    const asked: string[] = [];
    const watched = {
      ...store,
      expireBoots: async () => {
        asked.push('boots');
        return [];
      },
    };
    expect(await livenessWith({ store: watched }, 0)).toMatchObject({ boots_timed_out: 0 });
    expect(asked).toEqual([]);
    await livenessWith({ store: watched });
    expect(asked).toEqual(['boots']);
  });
});

describe('a run of liveness', () => {
  it('tells of the events that have happened since, once', async () => {
    const { id } = await makeWorkspace();
    await sql(`UPDATE sweep_state SET events_counted_until = now() - interval '1 hour', events_counted_by = NULL`);
    await sql(
      `INSERT INTO workspace_events (workspace_id, at, event, actor, generation)
       VALUES (:id::uuid, clock_timestamp() - interval '5 minutes', 'instance_gone', 'test', 1)`,
      { id },
    );
    const counted = (await liveness())['events'];
    expect(counted).toBeGreaterThanOrEqual(1);
    expect((await liveness())['events']).toBe(0);
  });
});
