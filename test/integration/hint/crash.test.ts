import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import { ec2Calls, resetEc2Calls } from '../../support/ec2.ts';
import { type Mishap, mortal } from '../../support/killed.ts';
import { eventsOf, rowOf, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { doomedHint, endHold, forgetHints, hintWith, noted, SPOT, withPlanted } from './hinted.ts';

beforeEach(forgetHints);

const dead = () => withPlanted({}, { state: 'terminated' });

/** What a hint of a death does, in its order. */
const STEPS = [
  'noteHint',
  'claimHints',
  'takeHints',
  'findCandidates',
  'DescribeInstancesCommand',
  'flipInstances',
  'hastenOperations',
  'settleHints',
  'releaseHints',
  'claimHints',
];

const MISHAPS = STEPS.flatMap((step, index) =>
  (['before', 'after'] as const).map((when) => ({ step, when, at: index + 1 })),
).filter(({ at, when }) => at > 1 || when === 'after');

const heldSeconds = async () => {
  const [row] = await sql(
    'SELECT extract(epoch FROM held_until - clock_timestamp())::double precision AS seconds FROM hint_answerer',
  );
  return row?.['seconds'];
};

describe('a crash of the answerer', () => {
  it('can come at each of its steps', async () => {
    const { calls, converge } = mortal(undefined);
    const { instanceId } = await dead();
    await hintWith(converge)(instanceId);
    expect(calls).toEqual(STEPS);
  });

  it.each(MISHAPS)('$when $step ($at) loses nothing: the next hint answers for it', async ({ at, when }) => {
    const [lost, alive] = [await dead(), await withPlanted()];
    const mishap: Mishap = { at, when, how: 'dies' };
    await expect(hintWith(mortal(mishap).converge)(lost.instanceId)).rejects.toThrow();
    await endHold();
    await hintWith()(alive.instanceId);
    expect(await rowOf(lost.id)).toMatchObject({ status: 'offline', ec2_op: 'launch' });
    expect((await eventsOf(lost.id)).filter(({ event }) => event === 'instance_gone')).toHaveLength(1);
    expect(await rowOf(alive.id)).toMatchObject({ status: 'online' });
    expect(await noted()).toEqual([]);
  });

  it('keeps the others from answering only for its time', async () => {
    const [lost, other] = [await dead(), await dead()];
    const mishap: Mishap = { at: 5, when: 'before', how: 'dies' };
    /** The gathering took nearly all of the time for which it was claimed. */
    const pause = () => sql(`UPDATE hint_answerer SET held_until = clock_timestamp() + interval '5 seconds'`);
    await expect(hintWith({ ...mortal(mishap).converge, pause })(lost.instanceId)).rejects.toThrow();
    expect(await hintWith()(other.instanceId)).toMatchObject({ known: true, rounds: 0 });
    expect(await heldSeconds()).toBeGreaterThan(20);
    expect(await heldSeconds()).toBeLessThanOrEqual(30);
    await endHold();
    expect(await hintWith()(other.instanceId)).toMatchObject({ rounds: 1, flipped: 2 });
  });

  it('that was only slow changes nothing for the one that has taken over', async () => {
    const [one, other] = [await dead(), await dead()];
    const owners: string[] = [];
    const overtaken = async (input: Parameters<typeof store.takeHints>[0]) => {
      owners.push(input.owner);
      await endHold();
      expect(await store.claimHints({ owner: randomUUID(), holdSeconds: 30 })).toEqual({ claimed: true });
      return store.takeHints(input);
    };
    const hint = hintWith({ store: { ...store, takeHints: overtaken } });
    expect(await hint(one.instanceId)).toMatchObject({ rounds: 1, flipped: 0 });
    expect(owners).toHaveLength(1);
    expect(await hintWith()(other.instanceId)).toMatchObject({ rounds: 0 });
    expect(await noted()).toEqual([one.instanceId, other.instanceId]);
  });

  it('whose giving back is sent again late does not take the next round from it', async () => {
    const [one, two] = [await dead(), await dead()];
    const given: Parameters<typeof store.releaseHints>[0][] = [];
    const others: unknown[] = [];
    const again = {
      takeHints: async (input: Parameters<typeof store.takeHints>[0]) => {
        for (const earlier of given) {
          await store.releaseHints(earlier);
          others.push(await hintWith()(two.instanceId));
        }
        return store.takeHints(input);
      },
      releaseHints: async (input: Parameters<typeof store.releaseHints>[0]) => {
        if (given.length === 0) await hintWith()(two.instanceId, () => 0);
        given.push(input);
        return store.releaseHints(input);
      },
    };
    expect(await hintWith({ store: { ...store, ...again } })(one.instanceId)).toMatchObject({ rounds: 2, flipped: 2 });
    expect(others).toMatchObject([{ known: true, rounds: 0 }]);
  });
});

describe('a database that fails', () => {
  it.each(STEPS.slice(2, 8).filter((step) => step !== 'DescribeInstancesCommand'))(
    'at %s: the hint fails aloud and stays noted, and nobody runs into the same at once',
    async (step) => {
      const { id, instanceId } = await dead();
      const other = await dead();
      const failing = { ...store, [step]: () => Promise.reject(new StoreUnavailable('down')) };
      await expect(hintWith({ store: failing })(instanceId)).rejects.toThrow('down');
      expect(await noted()).toEqual([instanceId]);
      expect(await heldSeconds()).toBeGreaterThan(0);
      expect(await heldSeconds()).toBeLessThanOrEqual(10);
      await resetEc2Calls();
      expect(await hintWith()(other.instanceId)).toMatchObject({ known: true, rounds: 0 });
      expect(await ec2Calls()).toEqual({});
      await endHold();
      await hintWith()(other.instanceId);
      expect(await noted()).toEqual([]);
      expect(await rowOf(id)).toMatchObject({ status: 'offline' });
    },
  );

  it('whose answers are lost, so that each statement is sent twice: each thing is done once', async () => {
    const [one, doomed] = [await dead(), await withPlanted({}, SPOT)];
    const { converge } = mortal('twice');
    await hintWith(converge)(one.instanceId);
    await hintWith(converge)(doomedHint(doomed.instanceId));
    expect(await rowOf(one.id)).toMatchObject({ status: 'offline', ec2_op: 'launch', token_version: 2 });
    expect((await eventsOf(one.id)).filter(({ event }) => event === 'instance_gone')).toHaveLength(1);
    const told = (await eventsOf(doomed.id)).map(({ event }) => event);
    expect(told.filter((event) => event === 'interruption_warned' || event === 'restart')).toEqual([
      'interruption_warned',
      'restart',
    ]);
    expect(await noted()).toEqual([]);
  });
});
