import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { provisionRequest } from '../../../functions/provision/schema.ts';
import { SqlError } from '../../../lib/adapters/rds-data/errors.ts';
import { ProvisionFailed, StoreUnavailable } from '../../../lib/domain/errors.ts';
import { converge, create, createLaunched, instancesOf, owedOf, provisionWith } from '../../support/converge.ts';
import { ec2Calls, ec2Faults, resetEc2Calls } from '../../support/ec2.ts';
import { eventsOf, store, tokens, transition } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

afterEach(async () => {
  await ec2Faults({});
  await sql('DROP TRIGGER IF EXISTS deny ON workspaces');
  await sql('DROP TRIGGER IF EXISTS deny ON workspace_events');
});

const request = provisionRequest({ allowLoopbackSources: true }).parse({ name: 'n', runtime: 'r' });
const by = () => ({ actor: 'test', requestId: randomUUID() });

/** PostgreSQL refuses every row of a table for which this holds. */
async function deny(table: string, when: string): Promise<void> {
  await sql(
    `CREATE OR REPLACE FUNCTION deny() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION 'denied, password=hunter2' USING ERRCODE = '23514'; END $$`,
  );
  await sql(
    `CREATE TRIGGER deny BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION deny()`,
  );
}

const denyInstances = () => deny('workspaces', 'NEW.instance_id IS NOT NULL');

describe('an instance that cannot be recorded', () => {
  it('is ended; the answer is 503 and says that the teardown was requested, the history tells it', async () => {
    await denyInstances();
    const answer = await create();
    expect(answer).toMatchObject({ status: 503, body: { code: 'provision_failed', teardown: 'requested' } });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    const id = String(answer.body.workspace_id);
    await expect.poll(() => instancesOf(id)).toEqual([]);
    expect(await owedOf(id)).toMatchObject({ status: 'failed', instance_id: null, op: null });
    const events = await eventsOf(id);
    expect(events.map(({ event }) => event).sort()).toEqual(['created', 'launch_failed', 'persistence_failed']);
    const told = events.find(({ event }) => event === 'persistence_failed');
    expect(told?.['evidence']).toContain('"teardown": "requested"');
  });

  it('whose end EC2 refuses is 503 too, told to an operator, and left to the orphan sweep', async () => {
    await denyInstances();
    await ec2Faults({ errors: [{ action: 'TerminateInstances', code: 'InternalError' }] });
    const { provision, reports } = provisionWith();
    await expect(provision(null, request, by())).rejects.toThrow(ProvisionFailed);
    expect(reports).toEqual([
      'a launched instance could not be recorded',
      'a teardown failed; the orphan sweep ends the instance',
    ]);
  });

  it('and whose history cannot be written either is 503, and nothing is ended that may be recorded', async () => {
    await denyInstances();
    await deny('workspace_events', `NEW.event = 'persistence_failed'`);
    await resetEc2Calls();
    const answer = await create();
    expect(answer).toMatchObject({ status: 503, body: { code: 'provision_failed' } });
    expect(answer.body.teardown).toBeUndefined();
    expect(await ec2Calls()).not.toHaveProperty('TerminateInstances');
    const id = String(answer.body.workspace_id);
    await sql('DROP TRIGGER deny ON workspaces');
    await sql('DROP TRIGGER deny ON workspace_events');
    await converge(id);
    const [instance, ...more] = await instancesOf(id);
    expect(more).toEqual([]);
    expect(await owedOf(id)).toMatchObject({ instance_id: instance?.id, status: 'provisioning' });
  });
});

describe('three ways in which a good instance is killed by its own teardown', () => {
  it('its runtime registers before it is recorded: it is recorded, and lives', async () => {
    const { provision } = provisionWith({
      finaliseLaunch: async (input) => {
        const { workspaceId: id } = input;
        const token = await tokens.sign({ sub: id, gen: 1, ver: 1, kind: 'bootstrap' });
        expect((await register(token, { id, boot_id: 'b1' })).body.workspace_status).toBe('online');
        return store.finaliseLaunch(input);
      },
    });
    const { body } = await provision(null, request, by());
    expect(body).toMatchObject({ status: 'online' });
    expect(await instancesOf(body.id)).toHaveLength(1);
    expect(await owedOf(body.id)).toMatchObject({ status: 'online', op: null, instance_id: body.instance_id });
  });

  it('the answer of its recording is lost, and it is sent again: it lives', async () => {
    const { provision } = provisionWith({
      finaliseLaunch: async (input) => {
        await store.finaliseLaunch(input);
        return store.finaliseLaunch(input);
      },
    });
    const { body } = await provision(null, request, by());
    expect(await instancesOf(body.id)).toHaveLength(1);
    expect((await eventsOf(body.id)).map(({ event }) => event)).toEqual(['created', 'instance_launched']);
  });

  it('the answer of its recording never comes: nothing is ended, and the next call finds all done', async () => {
    const { provision } = provisionWith({
      finaliseLaunch: async (input) => {
        await store.finaliseLaunch(input);
        throw new StoreUnavailable('no answer');
      },
    });
    const key = randomUUID();
    await expect(provision(key, request, by())).rejects.toThrow(ProvisionFailed);
    const again = await provisionWith().provision(key, request, by());
    expect(await instancesOf(again.body.id)).toMatchObject([{ id: again.body.instance_id }]);
  });

  it('another records it while its own recording is slow, which then fails: it lives', async () => {
    const { provision } = provisionWith({
      finaliseLaunch: async (input) => {
        await store.finaliseLaunch(input);
        throw new SqlError('23505', 'duplicate key');
      },
    });
    const { body } = await provision(null, request, by());
    expect(await instancesOf(body.id)).toMatchObject([{ id: body.instance_id }]);
    expect(await owedOf(body.id)).toMatchObject({ status: 'provisioning', instance_id: body.instance_id });
  });
});

describe('a workspace that moves on while its instance is launched', () => {
  it('stays removed, and the instance is ended', async () => {
    const { provision } = provisionWith({
      finaliseLaunch: async (input) => {
        await transition(input.workspaceId, 'remove', 'removed', 'terminate');
        return store.finaliseLaunch(input);
      },
    });
    const failure = await provision(null, request, by()).catch((error: unknown) => error);
    if (!(failure instanceof ProvisionFailed)) throw failure;
    const id = String(failure.details.workspace_id);
    await expect.poll(() => instancesOf(id)).toEqual([]);
    expect(await owedOf(id)).toMatchObject({ status: 'removed', instance_id: null });
    expect((await eventsOf(id)).map(({ event }) => event)).toEqual(['created', 'remove', 'persistence_failed']);
  });

  it('and is paused has its instance recorded and stopped', async () => {
    const { provision } = provisionWith({
      finaliseLaunch: async (input) => {
        await transition(input.workspaceId, 'pause', 'paused', 'stop');
        return store.finaliseLaunch(input);
      },
    });
    const { body } = await provision(null, request, by());
    expect(body).toMatchObject({ status: 'paused' });
    expect(await owedOf(body.id)).toMatchObject({ op: 'stop', instance_id: body.instance_id });
    await expect.poll(async () => (await instancesOf(body.id))[0]?.state).toBe('running');
    await converge(body.id);
    await expect.poll(async () => (await instancesOf(body.id))[0]?.state).toBe('stopped');
  });

  it('is removed while converge launches: stays removed, the instance is ended, its token is refused', async () => {
    const { id, token } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    await converge(id, {
      launchOwed: async (...input) => {
        await transition(id, 'remove', 'removed', 'terminate');
        return provisionWith().launchOwed(...input);
      },
    });
    expect(await owedOf(id)).toMatchObject({ status: 'removed', generation: 1 });
    await converge(id);
    await expect.poll(() => instancesOf(id)).toEqual([]);
    expect((await heartbeat(await token(1), id)).status).toBe(410);
  });
});
