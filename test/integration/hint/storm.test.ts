import PQueue from 'p-queue';
import { beforeEach, describe, expect, it } from 'vitest';
import { ec2Calls, resetEc2Calls } from '../../support/ec2.ts';
import { sql } from '../../support/sql.ts';
import { forgetHints, hintWith, noted, plantFleet, requested, send, stateChange, statusesOf } from './hinted.ts';

beforeEach(forgetHints);

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a storm of hints', () => {
  it('of 1,000 at once costs a handful of EC2 calls, flips what is terminated and nothing else', async () => {
    const dead = await plantFleet(600, { state: 'terminated' });
    const alive = await plantFleet(400, { state: 'running' });
    const before = requested().length;
    await resetEc2Calls();
    const instances = [...dead, ...alive].sort();
    // One process has one client's connections: more calls at once would wait for one of these, not for the database.
    const calls = new PQueue({ concurrency: 40 });
    const answers = await calls.addAll(instances.map((instance) => () => send(stateChange(instance))));
    expect(answers.filter(({ known }) => known === true)).toHaveLength(1_000);
    expect(await statusesOf(dead)).toEqual({ offline: 600 });
    expect(await statusesOf(alive)).toEqual({ online: 400 });
    expect(await noted()).toEqual([]);
    const asked = await ec2Calls();
    expect(Object.keys(asked)).toEqual(['DescribeInstances']);
    expect(asked['DescribeInstances']).toBeLessThanOrEqual(100);
    expect(requested().length - before).toBeLessThanOrEqual(100);
    const [told] = await sql(
      `SELECT count(*)::integer AS n FROM workspace_events WHERE event = 'instance_gone'
       AND instance_id IN (SELECT jsonb_array_elements_text(:dead::jsonb))`,
      { dead: JSON.stringify(dead) },
    );
    expect(told).toEqual({ n: 600 });
  }, 120_000);

  it('loses none of those that come while another is answered, in whatever order their steps meet', async () => {
    const statements = { pauses: 0 };
    /** Each takes its own time between its steps, so that notes, claims and releases meet in every order. */
    const pause = async () => {
      statements.pauses += 1;
      await later(Math.random() * 5);
    };
    const hint = hintWith({ pause });
    for (let round = 0; round < 12; round += 1) {
      const dead = await plantFleet(12, { state: 'terminated' });
      await Promise.all(
        dead.map(async (instance) => {
          await later(Math.random() * 40);
          await hint(instance);
        }),
      );
      expect(await noted()).toEqual([]);
      expect(await statusesOf(dead)).toEqual({ offline: 12 });
    }
    // A slow machine gathers each round's in one pause.
    expect(statements.pauses).toBeGreaterThanOrEqual(12);
  }, 120_000);

  it('of more than a round takes is answered in several, by the same one', async () => {
    const dead = await plantFleet(1_100, { state: 'terminated' });
    await sql(
      `INSERT INTO hints (instance_id, hinted_at)
       SELECT jsonb_array_elements_text(:dead::jsonb), now() - interval '1 second'`,
      { dead: JSON.stringify(dead) },
    );
    await resetEc2Calls();
    expect(await hintWith()(dead[0] ?? '')).toMatchObject({ rounds: 2, flipped: 1_100 });
    // 200 ids a call, apart by zone: 1,000 in three zones, then 100.
    expect(await ec2Calls()).toEqual({ DescribeInstances: 9 });
    expect(await noted()).toEqual([]);
  }, 120_000);

  it('whose answerer has no time left is answered by the next hint', async () => {
    const dead = await plantFleet(3, { state: 'terminated' });
    const [first = '', second = '', third = ''] = dead;
    const hint = hintWith();
    expect(await hint(first, () => 0)).toMatchObject({ rounds: 0 });
    expect(await hint(second, () => 0)).toMatchObject({ rounds: 0 });
    expect(await noted()).toEqual([first, second]);
    expect(await hint(third)).toMatchObject({ rounds: 1, flipped: 3 });
  });

  it('is gathered for a moment by the one that answers, and by nobody else', async () => {
    const [first = '', second = ''] = await plantFleet(2, { state: 'terminated' });
    const paused: number[] = [];
    const others: unknown[] = [];
    const hint = hintWith({
      gatherMs: 250,
      pause: async (ms) => {
        paused.push(ms);
        others.push(await hintWith({ gatherMs: 1 })(second));
      },
    });
    expect(await hint(first)).toMatchObject({ rounds: 1, flipped: 2 });
    expect(paused).toEqual([250]);
    expect(others).toMatchObject([{ known: true, rounds: 0 }]);
  });
});
