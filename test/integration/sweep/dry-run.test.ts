import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDryRun } from '../../../functions/sweep/dry-run.ts';
import { createExplain } from '../../../functions/sweep/explain.ts';
import { handler } from '../../../functions/sweep/index.ts';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import { DEFAULT_ABSENCE } from '../../../lib/domain/sweep/absence.ts';
import { ec2Faults, stop, terminate } from '../../support/ec2.ts';
import { lambdaContext } from '../../support/events.ts';
import { makeWorkspace, rowOf, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, openSweepEc2, sweepOnce, withInstance } from '../../support/sweep.ts';
import { makeAbsent } from './absent.ts';

beforeEach(async () => {
  await ec2Faults({});
  await forgetEarlierSweeps();
});

const ports = { store, openEc2: openSweepEc2, absence: DEFAULT_ABSENCE, brake: DEFAULT_BRAKE };
const time = { timeLeftMs: () => 30_000 };
const dryRun = () => createDryRun(ports)(time);
const explain = (workspaceId: string) => createExplain(ports)({ workspaceId, ...time });

/** All that a sweep could write. */
const everything = () =>
  sql(
    `SELECT (SELECT md5(string_agg(w::text, '' ORDER BY w.id)) FROM workspaces w) AS workspaces,
       (SELECT md5(string_agg(h::text, '' ORDER BY h.workspace_id)) FROM heartbeats h) AS heartbeats,
       (SELECT count(*) FROM workspace_events) AS events, (SELECT md5(s::text) FROM sweep_state s) AS state`,
  );

/** One of each kind that a sweep changes, and one of each that it leaves. */
async function makeFleet() {
  const [gone, stopped, booting, dead] = [
    await withInstance('online'),
    await withInstance('online'),
    await withInstance('provisioning'),
    await withInstance('offline'),
  ];
  await Promise.all([gone, dead].map(({ instanceId }) => terminate(instanceId)));
  await Promise.all([stopped, booting].map(({ instanceId }) => stop(instanceId)));
  const started = await withInstance('offline');
  await sql(`UPDATE workspaces SET stopped_by = 'user' WHERE id = :id::uuid`, { id: started.id });
  const owed = await withInstance('provisioning');
  await stop(owed.instanceId);
  await sql(`UPDATE workspaces SET ec2_op = 'start', ec2_next_at = now() WHERE id = :id::uuid`, { id: owed.id });
  const absent = [await makeAbsent(), await makeAbsent(), await makeAbsent()];
  await makeAbsent({ silent: null });
  await withInstance('online');
  await transition((await withInstance('online')).id, 'pause', 'paused');
  return { changed: [gone, stopped, booting, dead, started], absent };
}

describe('a dry run', () => {
  it('writes nothing, and names exactly those whom the sweep after it changes', async () => {
    await makeFleet();
    const before = await everything();
    const { changes, ...summary } = await dryRun();
    expect(await everything()).toEqual(before);
    expect(summary).toMatchObject({ dry_run: true, would_change: 7, held: 1, absences_not_proved: 1, not_shown: 0 });
    expect(changes.filter(({ brake }) => brake === 'held')).toHaveLength(1);

    const rows = async () =>
      new Map(
        (await sql('SELECT id, status::text, instance_id, ec2_op::text, stopped_by FROM workspaces')).map((row) => [
          row['id'],
          row,
        ]),
      );
    const then = await rows();
    expect(await sweepOnce()).toMatchObject({ flipped: 4, cleared: 1, owing_start: 0, held: 1 });
    const changed = [...(await rows())].filter(([id, row]) => JSON.stringify(row) !== JSON.stringify(then.get(id)));
    const expected = changes.filter(({ brake }) => brake !== 'held').map(({ workspace_id }) => workspace_id);
    expect(changed.map(([id]) => id).sort()).toEqual(expected.sort());
  });

  it('tells each with its evidence and what the brake says', async () => {
    const { absent, changed } = await makeFleet();
    const { changes } = await dryRun();
    const of = (id: string | undefined) => changes.find(({ workspace_id }) => workspace_id === id);
    expect(of(changed[0]?.id)).toMatchObject({
      status: 'online',
      verdict: 'gone',
      change: 'offline',
      brake: 'does not apply',
      evidence: { ec2_state: 'terminated' },
    });
    const absences = changes.filter(({ verdict }) => verdict === 'absent');
    expect(absences.map(({ workspace_id }) => workspace_id).sort()).toEqual(absent.map(({ id }) => id).sort());
    expect(absences).toContainEqual(
      expect.objectContaining({
        brake: 'held',
        evidence: expect.objectContaining({
          sweeps_without_it: 3,
          brake: expect.objectContaining({ held_by: 'zone' }),
        }),
      }),
    );
  });

  it('believes no stop that may be older than the last start, as the sweep does not', async () => {
    const made = await withInstance('online');
    await stop(made.instanceId);
    await sql(`UPDATE workspaces SET ec2_settles_at = clock_timestamp() + interval '10 seconds' WHERE id = :id::uuid`, {
      id: made.id,
    });
    const { changes } = await dryRun();
    expect(await sweepOnce()).toMatchObject({ flipped: 0 });
    expect(changes).toEqual([]);
  });

  it('promises no start to a boot that a person has stopped', async () => {
    const made = await withInstance('provisioning');
    await stop(made.instanceId);
    const { changes } = await dryRun();
    expect(await sweepOnce()).toMatchObject({ owing_start: 0 });
    expect(await rowOf(made.id)).toMatchObject({ ec2_op: null, stopped_by: 'user' });
    expect(changes.map(({ change }) => change)).toEqual(['is held, unless Muster stopped it']);
  });

  it('says so where EC2 could not be asked: nothing would change', async () => {
    await makeFleet();
    await ec2Faults({ errors: [{ code: 'UnauthorizedOperation' }] });
    expect(await dryRun()).toMatchObject({
      would_change: 0,
      changes: [],
      unlisted: [{ end: 'UnauthorizedOperation' }],
    });
  });
});

describe('an explanation', () => {
  it('argues what the next sweep does, and writes nothing', async () => {
    const { changed } = await makeFleet();
    const before = await everything();
    const { argument, verdict } = await explain(changed[0]?.id ?? '');
    expect(await everything()).toEqual(before);
    expect(verdict).toBe('gone');
    expect(argument.join('\n')).toContain('terminated');
    expect(argument.at(-1)).toContain('offline');
  });

  it('of an absence tells what is missing from its proof, and of a proof what the brake says', async () => {
    const beating = await makeAbsent({ silent: null });
    const missing = (await explain(beating.id)).argument.join('\n');
    expect(missing).toContain('not yet: its lease has to be over');
    await makeAbsent();
    await makeAbsent();
    const proved = await makeAbsent({ missed: { cycles: 9, seconds: 900 } });
    expect((await explain(proved.id)).argument.join('\n')).toContain('this one passes');
  });

  it('of one that believes in no instance has nothing to ask', async () => {
    const made = await makeWorkspace({ status: 'online' });
    await sql('UPDATE workspaces SET instance_id = NULL WHERE id = :id::uuid', { id: made.id });
    expect(await explain(made.id)).toMatchObject({ verdict: null, reason: null });
  });

  it('of a workspace that is not there says so', async () => {
    await expect(explain(randomUUID())).rejects.toMatchObject({ name: 'WorkspaceNotFound' });
  });
});

describe('the function sweep', () => {
  const answered = z.looseObject({ dry_run: z.boolean().optional(), explain: z.string().optional() });

  it('asked for a dry run or an explanation, does not sweep', async () => {
    const made = await withInstance('online');
    await terminate(made.instanceId);
    expect(answered.parse(await handler({ dry_run: true }, lambdaContext()))).toMatchObject({ would_change: 1 });
    expect(answered.parse(await handler({ explain: made.id }, lambdaContext()))).toMatchObject({ explain: made.id });
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
    expect(await handler({ 'detail-type': 'Scheduled Event' }, lambdaContext())).toMatchObject({ flipped: 1 });
  });

  it.each([[{}], [{ dry_run: false }], [{ dry_run: true, explain: 'x' }], [{ explain: 'x' }], [null]])(
    'refuses %o, and sweeps nothing',
    async (event) => {
      const made = await withInstance('online');
      await terminate(made.instanceId);
      await expect(handler(event, lambdaContext())).rejects.toMatchObject({ name: 'InvalidRequest' });
      expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
    },
  );
});
