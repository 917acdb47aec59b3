import { beforeAll, describe, expect, it } from 'vitest';
import { instancesOf } from '../../support/converge.ts';
import { terminate } from '../../support/ec2.ts';
import { rowOf, tokens } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { runOrphans } from '../orphans/run-orphans.ts';
import { externalOne, latestOf, onlineOne, order, type Runtime, runtimeOf, turn, useBackup } from './rehearsed.ts';

const { backUp, restore } = useBackup();

const LAUNCHED = [
  'untouched',
  'replaced',
  'replacedTwice',
  'removed',
  'paused',
  'reissued',
  'reissuedAgain',
  'resumed',
  'launchOwed',
] as const;

/** Nothing runs there that could speak. */
const SILENT: readonly string[] = ['removed', 'paused'];
const BACK = ['untouched', 'replaced', 'replacedTwice', 'reissued', 'reissuedAgain', 'launchOwed', 'external'] as const;

/** The instance goes, and the registry brings the next, which is heard. */
async function replace(id: string): Promise<Runtime> {
  const instance = await latestOf(id);
  await terminate(instance?.id ?? '');
  await turn(['sweep', 'converge']);
  const runtime = await runtimeOf(id, (instance?.generation ?? 0) + 1);
  await runtime.speak();
  return runtime;
}

async function reissue(runtime: Runtime): Promise<void> {
  const { runtime_token } = await order(runtime.id, 'reissue-token');
  runtime.give(runtime_token);
  await runtime.speak();
}

describe.each([
  [['sweep', 'orphans', 'liveness', 'converge']],
  [['orphans', 'liveness', 'sweep', 'converge']],
] as const)('a registry that was restored from a backup of an hour ago, its schedules in the order %j', (schedules) => {
  const fleet = new Map<string, Runtime>();
  const alive = new Map<string, Awaited<ReturnType<typeof latestOf>>>();
  const spoken = new Map<string, (number | undefined)[]>();
  const of = (name: string) => fleet.get(name) ?? expect.fail(name);
  let eventsBefore = 0;

  async function beforeTheBackup() {
    for (const name of LAUNCHED) fleet.set(name, await onlineOne({ name }));
    fleet.set('external', await externalOne());
    await reissue(of('reissuedAgain'));
    await order(of('resumed').id, 'pause');
    await turn();
    await turn();
    await terminate((await latestOf(of('launchOwed').id))?.id ?? '');
    await turn(['sweep', 'liveness']);
  }

  async function anHourOfLife() {
    await turn(['converge']);
    fleet.set('launchOwed', await runtimeOf(of('launchOwed').id, 2));
    fleet.set('replaced', await replace(of('replaced').id));
    await replace(of('replacedTwice').id);
    fleet.set('replacedTwice', await replace(of('replacedTwice').id));
    for (const name of ['reissued', 'reissuedAgain', 'external']) await reissue(of(name));
    await order(of('removed').id, 'remove');
    await order(of('paused').id, 'pause');
    await order(of('resumed').id, 'resume');
    fleet.set('created', await onlineOne({ name: 'created' }));
    await turn(['converge']);
    await turn(['converge']);
  }

  beforeAll(async () => {
    await beforeTheBackup();
    await backUp();
    await anHourOfLife();
    for (const [name, runtime] of fleet) {
      if (!SILENT.includes(name)) expect([name, await runtime.speak()]).toEqual([name, 200]);
      alive.set(name, await latestOf(runtime.id));
    }
    await restore();
    eventsBefore = Number((await sql('SELECT max(id) AS id FROM workspace_events'))[0]?.['id']);
    for (let round = 0; round < 3; round += 1) {
      await turn(schedules);
      for (const [name, runtime] of fleet) {
        if (!SILENT.includes(name)) spoken.set(name, [...(spoken.get(name) ?? []), await runtime.speak()]);
      }
    }
  });

  const eventsSince = (id: string) =>
    sql(
      `SELECT event, reason, to_status::text FROM workspace_events
       WHERE workspace_id = :id::uuid AND id > :before::bigint ORDER BY id`,
      { id, before: eventsBefore },
    );

  it('ends no instance that was alive, and starts none in its place', async () => {
    for (const [name, instance] of alive) {
      if (name === 'removed') continue;
      const now = await instancesOf(of(name).id);
      expect([name, now]).toEqual([name, instance === undefined ? [] : [instance]]);
    }
    expect(alive.get('paused')?.state).toBe('stopped');
  });

  it.each(BACK.filter((name) => name !== 'external'))('believes in the instance that runs: %s', async (name) => {
    const { id, generation } = alive.get(name) ?? expect.fail(name);
    expect(await rowOf(of(name).id)).toMatchObject({ instance_id: id, generation, status: 'online', ec2_op: null });
  });

  it.each(BACK)('hears the runtime again, with what it has: %s', async (name) => {
    expect(spoken.get(name)?.at(-1)).toBe(200);
    expect(await rowOf(of(name).id)).toMatchObject({ status: 'online' });
  });

  it.each([
    ['reissued', 1],
    ['reissuedAgain', 2],
    ['external', 1],
  ] as const)('hears %s at once, whose older tokens stay dead', async (name, older) => {
    expect(spoken.get(name)).toEqual([200, 200, 200]);
    expect(await eventsSince(of(name).id)).toContainEqual({
      event: 'registry_behind',
      reason: 'newer_token',
      to_status: null,
    });
    for (let ver = 1; ver <= older; ver += 1) {
      const token = await tokens.sign({ sub: of(name).id, gen: 1, ver, kind: 'runtime' });
      expect((await heartbeat(token, of(name).id)).status).toBe(401);
    }
  });

  it('takes nobody for dead for the hour that it has no beats of', async () => {
    expect(await eventsSince(of('untouched').id)).toEqual([]);
    const flips = await sql(
      `SELECT event FROM workspace_events WHERE id > :before::bigint AND event IN ('lease_expired', 'boot_timed_out')`,
      { before: eventsBefore },
    );
    expect(flips).toEqual([]);
    expect(await sql('SELECT grace_until > now() AS grace FROM sweep_state')).toEqual([{ grace: true }]);
  });

  it('keeps a workspace that was paused since offline and stopped, as one that a person has stopped', async () => {
    expect(await rowOf(of('paused').id)).toMatchObject({ status: 'offline', stopped_by: 'user', ec2_op: null });
  });

  it('keeps a workspace that was resumed since paused, and refuses its runtime until it is resumed again', async () => {
    expect(await rowOf(of('resumed').id)).toMatchObject({ status: 'paused' });
    expect(spoken.get('resumed')?.at(-1)).toBe(409);
    await order(of('resumed').id, 'resume');
    await turn(['converge', 'sweep', 'converge']);
    expect(await of('resumed').speak()).toBe(200);
    expect(await rowOf(of('resumed').id)).toMatchObject({ status: 'online', instance_id: alive.get('resumed')?.id });
  });

  it('brings back a workspace that was removed since, until it is removed again', async () => {
    expect(await instancesOf(of('removed').id)).toMatchObject([{ generation: 2, state: 'running' }]);
    await order(of('removed').id, 'remove');
    await turn(['converge']);
    expect(await instancesOf(of('removed').id)).toEqual([]);
  });

  it('has no row of a workspace that was created since: an alarm tells of its instance, which is not touched', async () => {
    expect(await rowOf(of('created').id)).toBeUndefined();
    expect(spoken.get('created')?.at(-1)).toBe(401);
    const { decisions, counted } = await runOrphans();
    const alarm = { workspace_id: of('created').id, action: 'alarm', reason: 'no_row' };
    expect(decisions).toContainEqual(expect.objectContaining(alarm));
    expect(counted['OrphanAlarm']).toBeGreaterThanOrEqual(1);
  });
});
