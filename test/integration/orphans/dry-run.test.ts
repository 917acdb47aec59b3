import { describe, expect, it } from 'vitest';
import { handler } from '../../../functions/orphans/index.ts';
import { ec2Calls, resetEc2Calls } from '../../support/ec2.ts';
import { lambdaContext } from '../../support/events.ts';
import { sql } from '../../support/sql.ts';
import {
  plantTagged,
  runOrphans,
  runTwice,
  useOwnRegistry,
  withOlder,
  withOlders,
  withUnrecorded,
} from './run-orphans.ts';

useOwnRegistry();

describe('a dry run', () => {
  it('answers what a run would do, and why, and writes nothing', async () => {
    const older = await withOlder();
    const lost = await withUnrecorded();
    const stray = await plantTagged({});
    await runOrphans();
    const everything = () =>
      sql(
        `SELECT (SELECT jsonb_agg(s ORDER BY instance_id) FROM orphan_sightings s)::text AS sightings,
           (SELECT count(*) FROM workspace_events) AS events,
           (SELECT jsonb_agg(w ORDER BY id) FROM workspaces w)::text AS workspaces,
           (SELECT jsonb_agg(h ORDER BY workspace_id) FROM heartbeats h)::text AS heartbeats`,
      );
    const before = await everything();
    await resetEc2Calls();
    const answer = await handler({ dry_run: true }, lambdaContext(120_000));
    expect(Object.keys(await ec2Calls())).toEqual(['DescribeInstances']);
    expect(await everything()).toEqual(before);
    expect(answer).toEqual({
      dry_run: true,
      seen: 4,
      held: 0,
      alarms: 1,
      adopted: 1,
      terminated: 1,
      decisions: expect.arrayContaining([
        {
          instance_id: older.orphan,
          workspace_id: older.id,
          generation: 1,
          action: 'terminate',
          reason: 'older_generation',
        },
        { instance_id: lost.orphan, workspace_id: lost.id, generation: 1, action: 'adopt', reason: 'not_recorded' },
        { instance_id: stray, workspace_id: null, generation: null, action: 'alarm', reason: 'unreadable_tags' },
      ]),
    });
    expect(await runOrphans()).toMatchObject({ adopted: 1, terminated: 1, alarms: 1 });
  });

  it('counts as no sighting, and counts nothing', async () => {
    await withOlder();
    expect(await runTwice({ dryRun: true })).toMatchObject({ terminated: 0 });
    await runOrphans();
    const { terminated, counted } = await runOrphans({ dryRun: true });
    expect({ terminated, counted }).toEqual({ terminated: 1, counted: {} });
  });

  it('takes no sighting for its own that was of other tags', async () => {
    const { orphan } = await withOlder();
    await runOrphans();
    await sql('UPDATE orphan_sightings SET generation = 7 WHERE instance_id = :orphan::text', { orphan });
    expect(await runOrphans({ dryRun: true })).toMatchObject({ terminated: 0 });
  });

  it('tells of the limit too', async () => {
    await withOlders(6);
    await runOrphans();
    const { decisions, ...told } = await runOrphans({ dryRun: true });
    expect(told).toMatchObject({ held: 6, terminated: 0, alarms: 1 });
    expect(told.counted).toEqual({});
    expect(decisions).toHaveLength(6);
  });
});
