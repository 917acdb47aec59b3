import { describe, expect, it } from 'vitest';
import { clearDeadInstances } from '../../../lib/adapters/rds-data/statements/clear-dead-instances.ts';
import { flipInstances } from '../../../lib/adapters/rds-data/statements/flip-instances.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { recordRegister } from '../../../lib/adapters/rds-data/statements/record-register.ts';
import type { FlipRow } from '../../../lib/domain/confirm.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { beatRecord, registerRecord } from '../../support/records.ts';
import { eventsOf, type Made, makeWorkspace, rowOf, store } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const { other, untilBlocked, behind } = useConnections();

const STOPPED = { event: 'instance_stopped', terminated: false, stopped_by_user: false } as const;
const SHUTTING_DOWN = { event: 'instance_gone', terminated: false, stopped_by_user: false } as const;
const TERMINATED = { event: 'instance_gone', terminated: true, stopped_by_user: false } as const;

type Kind = Pick<FlipRow, 'event' | 'terminated' | 'stopped_by_user'>;

type Asked = Awaited<ReturnType<typeof asked>>;

/** What can be written about the instance of one workspace, EC2 having been asked now. */
const asked = async ({ id, instanceId }: Made) => {
  const [row] = await sql('SELECT now()::text AS now');
  const common = { fence: null, actor: 'test', requestId: 'r' };
  const asked_at = String(row?.['now']);
  const of = { workspace_id: id, instance_id: instanceId, generation: 1, asked_at, reason: 'test', evidence: {} };
  return {
    clear: { rows: [of], ...common },
    start: { rows: [{ ...of, stopped_by_user: false }], ...common },
    flip: (kind: Kind) => ({ rows: [{ ...of, ...kind }], ...common }),
  };
};

describe('a flip that waits behind an open beat of the same workspace', () => {
  it.each([
    ['stopped', STOPPED],
    ['shutting down', SHUTTING_DOWN],
  ] as const)('%s: no flip, since the beat is later than the question', async (_, kind) => {
    const made = await makeWorkspace({ status: 'online' });
    const input = (await asked(made)).flip(kind);
    const flip = await behind(
      (id) => database.run(recordHeartbeat, beatRecord(made.id), id),
      () => store.flipInstances(input),
    );
    expect(flip).toEqual([]);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online', ec2_op: null, token_version: 1 });
  });

  it('terminated: flips all the same, and what beat is silenced', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const input = (await asked(made)).flip(TERMINATED);
    const flip = await behind(
      (id) => database.run(recordHeartbeat, beatRecord(made.id), id),
      () => store.flipInstances(input),
    );
    expect(flip).toEqual([{ id: made.id, event: 'instance_gone', owing: true }]);
    expect((await heartbeat(await made.token('runtime'), made.id)).status).toBe(401);
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: 'launch' });
  });
});

describe('what waits while the generation is raised where the beats are', () => {
  it.each([
    ['flip', 'online', ({ flip }: Asked) => store.flipInstances(flip(TERMINATED))],
    ['clear', 'offline', ({ clear }: Asked) => store.clearDeadInstances(clear)],
    ['owed start', 'provisioning', ({ start }: Asked) => store.oweStart(start)],
  ] as const)('a %s: nothing is written', async (_, status, write) => {
    const made = await makeWorkspace({ status });
    const input = await asked(made);
    const before = await rowOf(made.id);
    await other.query('BEGIN');
    await other.query('UPDATE heartbeats SET generation = 2 WHERE workspace_id = $1', [made.id]);
    const writing = write(input);
    await untilBlocked();
    await other.query('COMMIT');
    expect(await writing).toEqual([]);
    expect(await rowOf(made.id)).toEqual(before);
  });
});

describe('a beat or a register that waits behind an open flip of the same workspace', () => {
  const voices = [
    ['heartbeat', (token: string, id: string) => heartbeat(token, id)],
    ['register', (token: string, id: string) => register(token, { id, boot_id: 'late' })],
  ] as const;

  it.each(voices)('a %s is 401 and writes nothing when the instance is gone', async (_, voice) => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    const input = (await asked(made)).flip(TERMINATED);
    const late = await behind(
      (id) => database.run(flipInstances, input, id),
      () => voice(token, made.id),
    );
    expect(late.status).toBe(401);
    expect(await rowOf(made.id)).toMatchObject({
      status: 'offline',
      ec2_op: 'launch',
      last_heartbeat_at: '-infinity',
      boot_id: null,
    });
  });

  it.each(voices)('a %s brings it back when the instance is only stopped', async (_, voice) => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    const input = (await asked(made)).flip({ ...STOPPED, stopped_by_user: true });
    const late = await behind(
      (id) => database.run(flipInstances, input, id),
      () => voice(token, made.id),
    );
    expect(late).toMatchObject({ status: 200, body: { workspace_status: 'online' } });
    expect((await eventsOf(made.id)).slice(-2).map(({ to_status }) => to_status)).toEqual(['offline', 'online']);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online', ec2_op: null, stopped_by: null });
  });
});

describe('a clear and a register of the same workspace at the same time', () => {
  it('the register is first: nothing is cleared, and its token lives', async () => {
    const made = await makeWorkspace({ status: 'offline' });
    const input = (await asked(made)).clear;
    const clear = await behind(
      (id) => database.run(recordRegister, registerRecord(made.id, { boot_id: 'b1' }), id),
      () => store.clearDeadInstances(input),
    );
    expect(clear).toEqual([]);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online', instance_id: made.instanceId, token_version: 1 });
  });

  it('the clear is first: the register is 401, and the launch stays owed', async () => {
    const made = await makeWorkspace({ status: 'offline' });
    const token = await made.token('runtime');
    const input = (await asked(made)).clear;
    const late = await behind(
      (id) => database.run(clearDeadInstances, input, id),
      () => register(token, { id: made.id, boot_id: 'late' }),
    );
    expect(late.status).toBe(401);
    expect(await rowOf(made.id)).toMatchObject({
      status: 'offline',
      ec2_op: 'launch',
      instance_id: null,
      boot_id: null,
    });
  });
});
