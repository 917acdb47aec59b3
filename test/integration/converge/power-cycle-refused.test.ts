import { afterEach, describe, expect, it } from 'vitest';
import { converge } from '../../support/converge.ts';
import { ec2Faults, stop } from '../../support/ec2.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sweepOnce } from '../../support/sweep.ts';
import { stateOf } from './online.ts';
import { cycleOf, impaired, reached } from './power-cycled.ts';

const ENDED = { power_cycle: false, stop_asked: false };

/** A workspace whose power cycle EC2 has refused to begin: its instance runs on. */
async function refused() {
  const made = await impaired();
  await ec2Faults({ errors: [{ action: 'StopInstances', code: 'OperationNotPermitted' }] });
  await converge(made.id);
  await ec2Faults({});
  return made;
}

afterEach(() => ec2Faults({}));

describe('a power cycle whose stop EC2 has refused', () => {
  it('ends with a heartbeat, and what beats again is not stopped', async () => {
    const { id, token } = await refused();
    const beat = await heartbeat(await token(1), id, { uptime_seconds: 5000 });
    expect(beat.body.workspace_status).toBe('online');
    await converge(id);
    expect(await cycleOf(id)).toMatchObject({ status: 'online', op: null, ...ENDED });
    expect(await stateOf(id)).toEqual(['running']);
  });

  it('does not make a later stop by a person ours', async () => {
    const { id, instanceId, token } = await refused();
    expect((await register(await token(1), { id, boot_id: 'b2' })).body.workspace_status).toBe('online');
    await stop(instanceId);
    await reached(id, 'stopped');
    await sweepOnce();
    expect(await cycleOf(id)).toMatchObject({ status: 'offline', op: null, stopped_by: 'user' });
  });
});
