import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LaunchRequest } from '../../../lib/domain/launch.ts';
import { LaunchSpent, LaunchUnknown } from '../../../lib/domain/launch.ts';
import { ec2Calls, ec2Faults, makeTemplate, plantInstance, resetEc2Calls, terminate } from '../../support/ec2.ts';
import { ec2Once, hurryTimeLimits, launched, launchRequest, REGISTRY_ID, resumedOf, tokenOf } from './request.ts';

/** An instance that is there as an earlier try left it. */
const plantFor = (request: LaunchRequest, seed: Parameters<typeof plantInstance>[0] = {}) =>
  plantInstance({ clientToken: tokenOf(request), tags: { 'muster:registry': REGISTRY_ID }, ...seed });

/** EC2 does not show yet what was launched. */
const hidden = { tags: {} };

const otherBootstrap = (request: LaunchRequest): LaunchRequest => ({ ...request, bootstrap: '{"signed":"otherwise"}' });

afterEach(async () => {
  vi.restoreAllMocks();
  await ec2Faults({});
});

describe('a resumed launch', () => {
  it('whose generation has no instance starts one', async () => {
    await resetEc2Calls();
    const { instanceId } = await launched(resumedOf(launchRequest()));
    expect(instanceId).toMatch(/^i-/);
    expect(await ec2Calls()).toEqual({ DescribeInstances: 1, DescribeLaunchTemplateVersions: 1, RunInstances: 1 });
  });

  it.each(['pending', 'running', 'stopping', 'stopped'] as const)(
    'whose generation has an instance that is %s hands that to finalise, and starts none',
    async (state) => {
      const request = resumedOf(launchRequest());
      const instanceId = await plantFor(request, { state, zone: 'us-east-1b' });
      await resetEc2Calls();
      expect(await launched(request)).toMatchObject({ instanceId, zone: 'us-east-1b', stoppable: true });
      expect(await ec2Calls()).toEqual({ DescribeInstances: 1 });
    },
  );

  it.each(['shutting-down', 'terminated'] as const)('whose generation’s instance is %s is spent', async (state) => {
    const request = resumedOf(launchRequest());
    const instanceId = await plantFor(request, { state });
    await resetEc2Calls();
    await expect(launched(request)).rejects.toEqual(new LaunchSpent(instanceId));
    expect(await ec2Calls()).toEqual({ DescribeInstances: 1 });
  });

  it('whose token EC2 has served in two zones takes the instance that lives', async () => {
    const request = resumedOf(launchRequest());
    await plantFor(request, { state: 'terminated', zone: 'us-east-1a' });
    const instanceId = await plantFor(request, { zone: 'us-east-1b' });
    expect(await launched(request)).toMatchObject({ instanceId });
  });

  it('whose instance is not shown yet is given it by its client token', async () => {
    const request = resumedOf(launchRequest());
    const instanceId = await plantFor(request, { ...hidden, state: 'pending' });
    expect(await launched(request)).toMatchObject({ instanceId });
  });

  it('takes no instance of another generation for its own, and believes none without its registry’s tag', async () => {
    const request = resumedOf(launchRequest({ generation: 2 }));
    const before = await plantFor({ ...request, generation: 1 });
    expect((await launched(request)).instanceId).not.toBe(before);

    const next = { ...request, generation: 3 };
    await plantFor(next, { tags: { 'muster:registry': 'another' } });
    await resetEc2Calls();
    await launched(next);
    expect(await ec2Calls()).toMatchObject({ RunInstances: 1 });
  });

  it.each([
    ['one-time', 'spot-one-time', false],
    ['persistent', 'spot-persistent', true],
  ] as const)('of %s Spot knows from its template whether it can be stopped', async (type, market, stoppable) => {
    const options = { marketType: 'spot', spotOptions: { spotInstanceType: type } } as const;
    const id = await makeTemplate({ instanceMarketOptions: options });
    const request = resumedOf(launchRequest({ spec: { launch_template_id: id, launch_template_version: '1' } }));
    await plantFor(request, { market });
    expect(await launched(request)).toMatchObject({ stoppable });
  });

  it('of Spot is recorded although its template is gone, and waits while that is not known', async () => {
    const request = resumedOf(launchRequest({ spec: { launch_template_id: 'lt-00000000000000000' } }));
    const instanceId = await plantFor(request, { market: 'spot-one-time' });
    expect(await launched(request)).toMatchObject({ instanceId, stoppable: false });
    await ec2Faults({ errors: [{ action: 'DescribeLaunchTemplateVersions', code: 'InternalError' }] });
    await expect(launched(request)).rejects.toBeInstanceOf(LaunchUnknown);
  });

  it.each(['InternalError', 'UnauthorizedOperation', 'RequestLimitExceeded'])(
    'that cannot be looked up (%s) is unknown, and starts nothing',
    async (code) => {
      await ec2Faults({ errors: [{ action: 'DescribeInstances', code }] });
      await resetEc2Calls();
      await expect(launched(resumedOf(launchRequest()))).rejects.toBeInstanceOf(LaunchUnknown);
      expect(Object.keys(await ec2Calls())).toEqual(['DescribeInstances']);
    },
  );

  it('that is looked up in vain is unknown in its time', async () => {
    const limits = hurryTimeLimits();
    await ec2Faults({ errors: [{ action: 'DescribeInstances', hang: true }] });
    await expect(launched(resumedOf(launchRequest()))).rejects.toBeInstanceOf(LaunchUnknown);
    expect(limits).toEqual([3_000]);
  });

  it.each([
    ['RequestLimitExceeded', 'LaunchUnknown'],
    ['UnauthorizedOperation', 'LaunchRefused'],
  ])('that is refused at once with %s is %s: an instance may be there that is not shown yet', async (code, name) => {
    await ec2Faults({ errors: [{ action: 'RunInstances', code }] });
    await expect(launched(resumedOf(launchRequest()), ec2Once())).rejects.toMatchObject({ name });
  });
});

describe('a launch whose client token EC2 has served', () => {
  it('gives the same instance back', async () => {
    const request = launchRequest();
    expect(await launched(request)).toEqual(await launched(request));
  });

  it('with an instance that is dead is spent', async () => {
    const request = launchRequest();
    const { instanceId } = await launched(request);
    await terminate(instanceId);
    await expect(launched(request)).rejects.toEqual(new LaunchSpent(instanceId));
  });

  it('with other user data hands the instance that is there to finalise', async () => {
    const request = launchRequest();
    const { instanceId } = await launched(request);
    expect(await launched(otherBootstrap(request))).toMatchObject({ instanceId });
  });

  it('with other user data is spent where the instance that is there is dead', async () => {
    const request = launchRequest();
    const { instanceId } = await launched(request);
    await terminate(instanceId);
    await expect(launched(otherBootstrap(request))).rejects.toEqual(new LaunchSpent(instanceId));
  });

  it('with other user data is unknown while no instance is shown', async () => {
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'IdempotentParameterMismatch' }] });
    await expect(launched(launchRequest())).rejects.toBeInstanceOf(LaunchUnknown);
  });

  it('with an instance that was terminated long ago is spent, also where EC2 has forgotten it', async () => {
    const request = launchRequest();
    const instanceId = await plantFor(request, { state: 'terminated' });
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'IdempotentInstanceTerminated' }] });
    await expect(launched(request)).rejects.toEqual(new LaunchSpent(instanceId));
    await expect(launched(launchRequest())).rejects.toEqual(new LaunchSpent('unknown'));
  });
});
