import { beforeEach, describe, expect, it } from 'vitest';
import { createEc2Client } from '../../../lib/adapters/ec2/client.ts';
import { createImpairedLister } from '../../../lib/adapters/ec2/list-impaired.ts';
import { ec2Calls, ec2Faults, resetEc2Calls } from '../../support/ec2.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { liveness } from './aged.ts';
import { impairedWorkspace, NOTHING, ON_SILENCE, onHost, owedBy, REBOOT, set } from './on-host.ts';
import { manyOf, removeEarlier, silentWorkspace } from './silent.ts';

beforeEach(async () => {
  await removeEarlier();
  await ec2Faults({});
  await resetEc2Calls();
});

describe('EC2 is asked which systems are impaired', () => {
  it.each<readonly [when: string, arrange: () => Promise<unknown>, calls: number]>([
    ['once, when many are silent', () => manyOf(2), 1],
    ['not when all beat', () => manyOf(2, { silentFor: 0 }), 0],
    [
      'not when all that are silent have no instance',
      async () => set((await silentWorkspace()).id, 'instance_id = NULL'),
      0,
    ],
    ['not when nobody is live', () => makeWorkspace({ status: 'paused' }), 0],
    [
      'not in the grace after our own outage',
      async () => {
        await silentWorkspace();
        await sql(`UPDATE sweep_state SET grace_until = now() + interval '1 minute'`);
      },
      0,
    ],
  ])('%s', async (_, arrange, calls) => {
    await arrange();
    await resetEc2Calls();
    await liveness();
    expect((await ec2Calls())['DescribeInstanceStatus'] ?? 0).toBe(calls);
  });

  it.each([
    ['refuses', { code: 'UnauthorizedOperation' }],
    ['throttles', { code: 'RequestLimitExceeded' }],
    ['is out of order', { code: 'InternalError', status: 500 }],
  ])('in vain when it %s: nobody is known to be impaired, and leases run out as ever', async (_, fault) => {
    const { id } = await impairedWorkspace(ON_SILENCE);
    await ec2Faults({ errors: [{ action: 'DescribeInstanceStatus', ...fault }] });
    expect(await liveness()).toMatchObject({ degraded: 1, impaired_unknown: fault.code });
    expect(await owedBy(id)).toEqual({ status: 'degraded', ...REBOOT });
  });

  it('shows none of those that are well: what is silent on a healthy system owes nothing', async () => {
    const { id } = await silentWorkspace();
    await onHost(id, 'ok');
    expect(await liveness()).toMatchObject({ degraded: 1, impaired_unknown: null });
    expect(await owedBy(id)).toEqual({ status: 'degraded', ...NOTHING });
  });

  it('and one that beats is left alone, however impaired its system', async () => {
    const { id } = await impairedWorkspace({ silentFor: 0 });
    await silentWorkspace();
    expect(await liveness()).toMatchObject({ degraded: 1 });
    expect(await owedBy(id)).toEqual({ status: 'online', ...NOTHING });
  });

  it('by a call that names all of them, running ones only', async () => {
    const made = await impairedWorkspace();
    const { instanceIds, error } = await createImpairedLister(createEc2Client()).listImpaired();
    expect(error).toBeNull();
    expect(instanceIds).toContain(made.instanceId);
    expect(await ec2Calls()).toEqual({ DescribeInstanceStatus: 1 });
  });
});
