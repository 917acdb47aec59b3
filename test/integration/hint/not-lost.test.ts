import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { noteHint } from '../../../lib/adapters/rds-data/statements/note-hint.ts';
import { releaseHints } from '../../../lib/adapters/rds-data/statements/release-hints.ts';
import { database } from '../../support/database.ts';
import { ec2Calls, ec2Faults, inquirer, resetEc2Calls, terminate } from '../../support/ec2.ts';
import { useConnections } from '../../support/locks.ts';
import { rowOf, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { endHold, forgetHints, hintWith, noted, withPlanted } from './hinted.ts';

const { behind } = useConnections();

beforeEach(forgetHints);

const hintOf = ({ instanceId }: { instanceId: string }) => ({
  instanceId,
  warned: null,
  actor: 'hint',
  requestId: 'r',
});
const dead = () => withPlanted({}, { state: 'terminated' });

/** Runs `other` before the first call of this statement by the answerer. */
function justBefore<Input, Answer>(statement: (input: Input) => Promise<Answer>, other: () => Promise<unknown>) {
  let first = true;
  return async (input: Input) => {
    if (first) {
      first = false;
      await other();
    }
    return statement(input);
  };
}

describe('a hint is not lost', () => {
  it.each(['takeHints', 'settleHints', 'releaseHints', 'claimHints'] as const)(
    'that is noted by another just before %s, and finds the answering taken',
    async (statement) => {
      const [one, other] = [await dead(), await dead()];
      const late: unknown[] = [];
      const hintLate = async () =>
        late.push(await hintWith()(other.instanceId, () => (statement === 'claimHints' ? 0 : 1)));
      const over = {
        takeHints: justBefore(store.takeHints, statement === 'takeHints' ? hintLate : async () => undefined),
        settleHints: justBefore(store.settleHints, statement === 'settleHints' ? hintLate : async () => undefined),
        releaseHints: justBefore(store.releaseHints, statement === 'releaseHints' ? hintLate : async () => undefined),
        claimHints: justBefore(store.claimHints, statement === 'claimHints' ? hintLate : async () => undefined),
      };
      await hintWith({ store: { ...store, ...over } })(one.instanceId);
      expect(late).toMatchObject([{ known: true, rounds: 0 }]);
      expect(await noted()).toEqual([]);
      expect(await rowOf(other.id)).toMatchObject({ status: 'offline' });
    },
  );

  it('that is noted while another answers, and not yet committed when that one is done: it is waited for', async () => {
    const [one, other] = [await dead(), await dead()];
    const [taken, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const takeHints = justBefore(store.takeHints, async () => {
      taken.resolve();
      await goOn.promise;
    });
    const answering = hintWith({ store: { ...store, takeHints } })(one.instanceId);
    await taken.promise;
    const answered = await behind(
      async (id) => {
        expect(await database.run(noteHint, hintOf(other), id)).toMatchObject([
          { answer: { known: true, free: false } },
        ]);
        goOn.resolve();
      },
      () => answering,
    );
    expect(answered).toMatchObject({ rounds: 2, flipped: 2 });
    expect(await noted()).toEqual([]);
  });

  it('that is noted while another gives the answering back: it answers for itself', async () => {
    const [one, other] = [await dead(), await dead()];
    const owner = randomUUID();
    await store.noteHint(hintOf(one));
    expect(await store.claimHints({ owner, holdSeconds: 30 })).toBeDefined();
    const answered = await behind(
      (id) => database.run(releaseHints, { owner, restSeconds: 0 }, id),
      () => hintWith()(other.instanceId),
    );
    expect(answered).toMatchObject({ rounds: 1, flipped: 2 });
  });

  it('that comes inside the same microsecond, or with a clock that went back: it is the later one', async () => {
    const { instanceId } = await dead();
    await sql(`INSERT INTO hints (instance_id, hinted_at) VALUES (:instanceId::text, '2099-01-01 00:00:00+00')`, {
      instanceId,
    });
    await hintWith()(instanceId, () => 0);
    expect(await sql(`SELECT hinted_at > '2099-01-01 00:00:00+00' AS later FROM hints`)).toEqual([{ later: true }]);
  });

  it('to newer ones: what has waited longest is taken first', async () => {
    const instances = [await dead(), await dead(), await dead()].map(({ instanceId }) => instanceId);
    for (const [at, instanceId] of instances.entries()) {
      await sql(
        `INSERT INTO hints (instance_id, hinted_at) VALUES (:instanceId::text, now() - make_interval(secs => :ago))`,
        { instanceId, ago: [20, 40, 30][at] ?? 0 },
      );
    }
    const owner = randomUUID();
    await store.claimHints({ owner, holdSeconds: 30 });
    const input = { owner, holdSeconds: 30, limit: 2, warningSeconds: 180, staleSeconds: 35 };
    expect(await store.takeHints(input)).toMatchObject([
      { instanceId: instances[1], stale: true },
      { instanceId: instances[2], stale: false },
    ]);
  });

  it('that comes while EC2 is asked about the same instance: it is asked again', async () => {
    const { id, instanceId } = await withPlanted();
    const asked: string[][] = [];
    const ec2 = {
      inquire: async (ids: readonly string[]) => {
        const answers = await inquirer.inquire(ids);
        asked.push([...ids]);
        if (asked.length === 1) {
          await terminate(instanceId);
          expect(await hintWith()(instanceId)).toMatchObject({ known: true, rounds: 0 });
        }
        return answers;
      },
    };
    expect(await hintWith({ ec2 })(instanceId)).toMatchObject({ rounds: 2, verdicts: { alive: 1 } });
    expect(asked).toEqual([[instanceId], [instanceId]]);
    expect(await rowOf(id)).not.toMatchObject({ status: 'online' });
    expect(await noted()).toEqual([]);
  });
});

describe('an EC2 that does not answer', () => {
  const throttled = { errors: [{ action: 'DescribeInstances', code: 'RequestLimitExceeded' }] };

  it('flips nothing; the hints stay noted, are not asked again at once, and are answered later', async () => {
    const [one, other] = [await dead(), await dead()];
    await ec2Faults(throttled);
    try {
      expect(await hintWith()(one.instanceId)).toMatchObject({ rounds: 1, flipped: 0, verdicts: { unknown: 1 } });
      await resetEc2Calls();
      expect(await hintWith()(other.instanceId)).toMatchObject({ known: true, rounds: 0 });
      expect(await ec2Calls()).toEqual({});
    } finally {
      await ec2Faults({});
    }
    expect(await rowOf(one.id)).toMatchObject({ status: 'online' });
    expect(await noted()).toEqual([one.instanceId, other.instanceId]);
    await endHold();
    expect(await hintWith()(other.instanceId)).toMatchObject({ rounds: 1, flipped: 2 });
  });

  it('for longer than two sweeps: what is noted is left to the sweep', async () => {
    const [old, young] = [await dead(), await dead()];
    await sql(`INSERT INTO hints (instance_id, hinted_at) VALUES (:instance::text, now() - interval '130 seconds')`, {
      instance: old.instanceId,
    });
    await ec2Faults(throttled);
    try {
      expect(await hintWith()(young.instanceId)).toMatchObject({ verdicts: { unknown: 2 } });
    } finally {
      await ec2Faults({});
    }
    expect(await noted()).toEqual([young.instanceId]);
  });
});
