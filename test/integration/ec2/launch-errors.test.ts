import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LaunchRefused, LaunchUnknown } from '../../../lib/domain/launch.ts';
import { ec2, ec2Calls, ec2Faults, resetEc2Calls } from '../../support/ec2.ts';
import { LAUNCH_TEMPLATE_ID } from '../../support/provided.ts';
import { ec2Once, hurryTimeLimits, launched, launchRequest, tokenOf } from './request.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await ec2Faults({});
});

describe('a launch that EC2 refuses', () => {
  it.each([
    ['InsufficientInstanceCapacity', 'capacity'],
    ['InsufficientFreeAddressesInSubnet', 'capacity'],
    ['VcpuLimitExceeded', 'quota'],
    ['UnauthorizedOperation', 'permission'],
    ['InvalidParameterValue', 'template'],
    ['InvalidSubnetID.NotFound', 'subnet'],
    ['SomethingNew', 'other'],
  ])('with %s is refused for %s', async (code, refusal) => {
    await ec2Faults({ errors: [{ action: 'RunInstances', code }] });
    const error: unknown = await launched(launchRequest()).catch((reason) => reason);
    expect(error).toBeInstanceOf(LaunchRefused);
    expect(error).toMatchObject({ refusal, awsCode: code });
  });

  it('at the first try for being asked too often is throttled', async () => {
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'RequestLimitExceeded' }] });
    const error: unknown = await launched(launchRequest(), ec2Once()).catch((reason) => reason);
    expect(error).toMatchObject({ name: 'LaunchRefused', refusal: 'throttled' });
  });

  it.each([
    [
      'a template that does not exist',
      { launch_template_id: 'lt-00000000000000000' },
      'InvalidLaunchTemplateId.NotFound',
    ],
    [
      'a version that does not exist',
      { launch_template_id: LAUNCH_TEMPLATE_ID, launch_template_version: '9' },
      'InvalidLaunchTemplateId.VersionNotFound',
    ],
  ])('for %s is refused for template, and starts nothing', async (_, spec, awsCode) => {
    await resetEc2Calls();
    await expect(launched(launchRequest({ spec }))).rejects.toMatchObject({ refusal: 'template', awsCode });
    expect(await ec2Calls()).toEqual({ DescribeLaunchTemplateVersions: 1 });
  });

  it('to read its template for is refused for permission', async () => {
    await ec2Faults({ errors: [{ action: 'DescribeLaunchTemplateVersions', code: 'UnauthorizedOperation' }] });
    await expect(launched(launchRequest())).rejects.toMatchObject({ name: 'LaunchRefused', refusal: 'permission' });
  });
});

describe('a launch of which EC2 does not say what became', () => {
  it.each([
    ['a fault', [{ action: 'RunInstances', code: 'InternalError' }]],
    [
      'a fault, and then a refusal',
      [
        { action: 'RunInstances', code: 'InternalError', times: 1 },
        { action: 'RunInstances', code: 'UnauthorizedOperation' },
      ],
    ],
    ['a template that cannot be read', [{ action: 'DescribeLaunchTemplateVersions', code: 'InternalError' }]],
    ['a template that is read too often', [{ action: 'DescribeLaunchTemplateVersions', code: 'RequestLimitExceeded' }]],
  ])('is unknown after %s', async (_, errors) => {
    await ec2Faults({ errors });
    await expect(launched(launchRequest())).rejects.toBeInstanceOf(LaunchUnknown);
  });

  it('is refused after a fault and then a lack of capacity, for which EC2 looks at the token first', async () => {
    const first = { action: 'RunInstances', code: 'InternalError', times: 1 };
    await ec2Faults({ errors: [first, { action: 'RunInstances', code: 'InsufficientInstanceCapacity' }] });
    await expect(launched(launchRequest())).rejects.toMatchObject({ name: 'LaunchRefused', refusal: 'capacity' });
  });

  it('is found again by the SDK’s own next try, after an answer that was lost', async () => {
    const request = launchRequest();
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'InternalError', when: 'after', times: 1 }] });
    const { instanceId } = await launched(request);
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'client-token', Values: [tokenOf(request)] }] }),
    );
    const ids = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
    expect(ids).toEqual([instanceId]);
  });

  it('is unknown where no answer comes in its time', async () => {
    const limits = hurryTimeLimits();
    await ec2Faults({ errors: [{ action: 'RunInstances', hang: true }] });
    await expect(launched(launchRequest())).rejects.toBeInstanceOf(LaunchUnknown);
    expect(limits).toEqual([3_000, 9_000]);
  });
});
