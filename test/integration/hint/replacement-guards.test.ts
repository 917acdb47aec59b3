import { beforeEach, describe, expect, it } from 'vitest';
import { inquirer } from '../../support/ec2.ts';
import { eventsOf, newInstanceId, rowOf, transition } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { meanwhiles } from '../../support/sweep.ts';
import { doomedHint, forgetHints, hintWith, noted, SPOT, send, spotWarning, withPlanted } from './hinted.ts';

beforeEach(forgetHints);

const restartsOf = async (id: string) => (await eventsOf(id)).filter(({ event }) => event === 'restart');

describe('a warning that EC2 will terminate only marks', () => {
  const marks = async ({ id, instanceId }: { id: string; instanceId: string }, event = spotWarning(instanceId)) => {
    const before = await rowOf(id);
    expect(await send(event)).toMatchObject({ marked: true, replaced: 0 });
    expect(await rowOf(id)).toEqual(before);
    expect(await restartsOf(id)).toEqual([]);
    expect(await noted()).toEqual([]);
  };

  it.each(['provisioning', 'offline', 'paused', 'hibernated', 'failed'] as const)('one that is %s', async (status) => {
    await marks(await withPlanted({ status }, SPOT));
  });

  it('where the policy is never', async () => {
    await marks(await withPlanted({ restartPolicy: 'never' }, SPOT));
  });

  it('what EC2 does not show as a Spot Instance', async () => {
    await marks(await withPlanted());
  });

  it.each([
    ['no registry’s tag', {}],
    ['another registry’s tag', { 'muster:registry': '00000000-0000-4000-8000-000000000000' }],
  ])('what bears %s', async (_, tags) => {
    await marks(await withPlanted({}, { ...SPOT, tags }));
  });

  it('what EC2 does not name', async () => {
    const made = await withPlanted({}, SPOT);
    const instanceId = newInstanceId();
    await sql('UPDATE workspaces SET instance_id = :instanceId::text WHERE id = :id::uuid', {
      id: made.id,
      instanceId,
    });
    await marks({ id: made.id, instanceId });
  });

  it('when it comes so late that it has not come true', async () => {
    const made = await withPlanted({}, SPOT);
    await marks(made, spotWarning(made.instanceId, 'terminate', 200));
  });

  it('where it is of a stop', async () => {
    const made = await withPlanted({}, SPOT);
    await marks(made, spotWarning(made.instanceId, 'stop'));
  });
});

describe('invariant 1: a replacement re-confirms what happened between the look-up and the write', () => {
  const changes = [
    ...meanwhiles(['beat_unhealthy', 'degraded'], ['beat_healthy', 'online']).filter(([what]) => !/fence/.test(what)),
    ['it was paused', (id: string) => transition(id, 'pause', 'paused')] as const,
    [
      'the policy is never by now',
      (id: string) => sql(`UPDATE workspaces SET restart_policy = 'never' WHERE id = :id::uuid`, { id }),
    ] as const,
  ];

  it.each(changes)('%s: nothing is replaced', async (_, change) => {
    const { id, instanceId } = await withPlanted({}, SPOT);
    const ec2 = {
      inquire: async (ids: readonly string[]) => {
        const answers = await inquirer.inquire(ids);
        await change(id);
        return answers;
      },
    };
    expect(await hintWith({ ec2 })(doomedHint(instanceId))).toMatchObject({ replaced: 0 });
    expect(await restartsOf(id)).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ ec2_op: null });
  });

  it('it is stopped, and has beaten since: nothing is replaced', async () => {
    const { id, instanceId, token } = await withPlanted({}, { ...SPOT, state: 'stopped' });
    const ec2 = {
      inquire: async (ids: readonly string[]) => {
        const answers = await inquirer.inquire(ids);
        await heartbeat(await token('runtime'), id);
        return answers;
      },
    };
    expect(await hintWith({ ec2 })(doomedHint(instanceId))).toMatchObject({ flipped: 0, replaced: 0 });
    expect(await rowOf(id)).toMatchObject({ status: 'online', ec2_op: null });
  });

  it('nothing changed: it is replaced, also where it beats', async () => {
    const { id, instanceId, token } = await withPlanted({}, SPOT);
    const ec2 = {
      inquire: async (ids: readonly string[]) => {
        const answers = await inquirer.inquire(ids);
        await heartbeat(await token('runtime'), id);
        return answers;
      },
    };
    expect(await hintWith({ ec2 })(doomedHint(instanceId))).toMatchObject({ replaced: 1 });
  });
});
