import { randomUUID } from 'node:crypto';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createConverge } from '../../../functions/converge/converge.ts';
import { createProvision } from '../../../functions/provision/provision.ts';
import { provisionRequest } from '../../../functions/provision/schema.ts';
import { comeDue, converge, createLaunched, instancesOf, owedOf } from '../../support/converge.ts';
import { ec2, terminate } from '../../support/ec2.ts';
import { type Mishap, mortal } from '../../support/killed.ts';
import { eventsOf, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { cycleOf, impaired } from './power-cycled.ts';

const request = provisionRequest({ allowLoopbackSources: true }).parse({ name: 'test', runtime: 'agent' });
const provision = (process: ReturnType<typeof mortal>, key: string) =>
  createProvision(process.provision)(key, request, { actor: 'test', requestId: key });

/** What a process does that is killed in the middle of it, and how many instances there must be in the end. */
type Scenario = {
  readonly prepare: () => Promise<string>;
  readonly act: (process: ReturnType<typeof mortal>, id: string) => Promise<unknown>;
  readonly finally: (id: string) => Promise<void>;
};

const oneInstance = async (id: string, state: string) => {
  await expect.poll(async () => (await instancesOf(id)).map((instance) => instance.state)).toEqual([state]);
  const [instance] = await instancesOf(id);
  expect(await owedOf(id)).toMatchObject({ instance_id: instance?.id, previous_instance_id: null, leased: null });
};

const convergeOf = (process: ReturnType<typeof mortal>, workspaceId: string) =>
  createConverge(process.converge)({ workspaceId, requestId: randomUUID(), timeLeftMs: () => 50_000 });

const owing = (event: string, to: Parameters<typeof transition>[2], op: string) => async () => {
  const { id } = await createLaunched();
  await sql(`UPDATE workspaces SET restart_policy = 'on_silence' WHERE id = :id::uuid`, { id });
  if (event === 'restart') await transition(id, 'register', 'online');
  await transition(id, event, to, op);
  return id;
};

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a launch of the next generation': {
    prepare: owing('boot_timed_out', 'offline', 'launch'),
    act: convergeOf,
    finally: (id) => oneInstance(id, 'running'),
  },
  'the replacement of an instance that is gone': {
    prepare: async () => {
      const { id, instanceId } = await createLaunched();
      await terminate(instanceId);
      await transition(id, 'instance_gone', 'offline', 'launch');
      await sql('UPDATE workspaces SET instance_id = NULL WHERE id = :id::uuid', { id });
      return id;
    },
    act: convergeOf,
    finally: (id) => oneInstance(id, 'running'),
  },
  'a stop': {
    prepare: owing('pause', 'paused', 'stop'),
    act: convergeOf,
    finally: (id) => oneInstance(id, 'stopped'),
  },
  'a reboot': {
    prepare: owing('restart', 'provisioning', 'reboot'),
    act: convergeOf,
    finally: (id) => oneInstance(id, 'running'),
  },
  'a power cycle': {
    prepare: async () => (await impaired()).id,
    act: convergeOf,
    finally: async (id) => {
      await oneInstance(id, 'running');
      expect(await cycleOf(id)).toMatchObject({ status: 'provisioning', power_cycle: false, stop_asked: false });
      const asked = (await eventsOf(id)).filter(({ event }) => event === 'operation_asked');
      expect(asked.map(({ reason }) => reason)).toEqual(['stop', 'start']);
    },
  },
  'an end': {
    prepare: owing('remove', 'removed', 'terminate'),
    act: convergeOf,
    finally: async (id) => {
      await expect.poll(() => instancesOf(id)).toEqual([]);
      expect(await owedOf(id)).toMatchObject({ op: null, instance_id: null });
    },
  },
  'a provisioning, its call repeated with its key': {
    prepare: async () => randomUUID(),
    act: provision,
    finally: async (key) => {
      await sql(`UPDATE idempotency_keys SET held_until = '-infinity' WHERE key = :key::text`, { key });
      const again = await provision(mortal(undefined), key);
      expect(again.status).toBe(201);
      await comeDue(again.body.id);
      await converge(again.body.id);
      await oneInstance(again.body.id, 'running');
      const made = await sql(`SELECT id::text FROM workspaces WHERE created_by ->> 'request_id' = :key::text`, { key });
      expect(made).toHaveLength(1);
    },
  },
  'a provisioning that nobody repeats': {
    prepare: async () => randomUUID(),
    act: provision,
    finally: async (key) => {
      const [row] = await sql(
        `SELECT k.workspace_id::text AS id FROM idempotency_keys k JOIN workspaces w ON w.id = k.workspace_id
         WHERE k.key = :key::text`,
        { key },
      );
      if (row !== undefined) await oneInstance(String(row['id']), 'running');
    },
  },
};

/** Every mishap at every call; a sample of them, always the same, unless the whole is asked for. */
function mishapsOf(calls: readonly string[]): readonly Mishap[] {
  const all = calls.flatMap((_, at): Mishap[] =>
    (['before', 'after'] as const).flatMap((when) => [
      { at: at + 1, when, how: 'dies' },
      { at: at + 1, when, how: 'falters' },
    ]),
  );
  return process.env['MUSTER_FAULTS'] === 'all' ? all : all.filter((_, index) => index % 17 === 0);
}

async function survive(scenario: Scenario, mishap: Mishap | 'twice'): Promise<void> {
  const key = await scenario.prepare();
  await comeDue();
  await scenario.act(mortal(mishap), key).catch(() => undefined);
  for (let run = 1; run <= 2; run += 1) {
    await converge(null);
    await expect.poll(settled).toBe(true);
  }
  // What was asked for in the second run is seen by the next.
  await converge(null);
  await scenario.finally(key);
}

describe.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
  it('comes to its end within two runs of the schedule, whatever befalls its process at whichever call', async () => {
    const alive = mortal(undefined);
    const first = await scenario.prepare();
    await comeDue();
    await scenario.act(alive, first);
    expect(alive.calls.length).toBeGreaterThan(3);
    for (const mishap of mishapsOf(alive.calls)) {
      await survive(scenario, mishap).catch((error: unknown) => {
        throw new Error(`${alive.calls[mishap.at - 1]}: ${JSON.stringify(mishap)}`, { cause: error });
      });
    }
  }, 300_000);

  it('bears that each of its statements is sent twice', async () => {
    await survive(scenario, 'twice');
  });
});

/** Whether EC2 has brought to its end what it was asked for. */
async function settled(): Promise<boolean> {
  const underWay = ['pending', 'stopping', 'shutting-down'];
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: 'instance-state-name', Values: underWay }] }),
  );
  return Reservations.length === 0;
}
