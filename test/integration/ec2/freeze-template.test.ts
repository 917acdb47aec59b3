import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEc2Client } from '../../../lib/adapters/ec2/client.ts';
import { createLaunchTemplates } from '../../../lib/adapters/ec2/launch-templates.ts';
import { LaunchUnknown } from '../../../lib/domain/launch.ts';
import { ec2Faults, makeTemplate, putTemplate } from '../../support/ec2.ts';
import { hurryTimeLimits } from './request.ts';

const freeze = (launch_template_id: string, launch_template_version?: string) =>
  createLaunchTemplates(createEc2Client()).freeze({
    launch_template_id,
    launch_template_version,
    subnet_id: 'subnet-1',
  });

afterEach(async () => {
  vi.restoreAllMocks();
  await ec2Faults({});
});

describe('freezing a launch template', () => {
  it('names the version that is the default now, each time anew', async () => {
    const templates = createLaunchTemplates(createEc2Client());
    const id = await makeTemplate({}, {}, {});
    const spec = { launch_template_id: id, subnet_id: 'subnet-1' };
    await putTemplate(id, [{}, {}, {}], 2);
    expect(await templates.freeze(spec)).toEqual({ ...spec, launch_template_version: '2' });
    await putTemplate(id, [{}, {}, {}], 3);
    expect(await templates.freeze(spec)).toEqual({ ...spec, launch_template_version: '3' });
  });

  it('leaves a version that is named already', async () => {
    const id = await makeTemplate({}, {});
    expect(await freeze(id, '2')).toMatchObject({ launch_template_version: '2' });
  });

  it.each([
    ['that does not exist', 'lt-00000000000000000', undefined, 'InvalidLaunchTemplateId.NotFound'],
    ['whose id is none', 'lt-x', undefined, 'InvalidLaunchTemplateId.Malformed'],
  ])('is refused for a template %s', async (_, id, version, awsCode) => {
    await expect(freeze(id, version)).rejects.toMatchObject({ name: 'LaunchRefused', refusal: 'template', awsCode });
  });

  it('is refused where it may not be read', async () => {
    await ec2Faults({ errors: [{ code: 'UnauthorizedOperation' }] });
    const id = await makeTemplate({});
    await expect(freeze(id)).rejects.toMatchObject({ name: 'LaunchRefused', refusal: 'permission' });
  });

  it.each(['InternalError', 'RequestLimitExceeded'])('is unknown after %s', async (code) => {
    const id = await makeTemplate({});
    await ec2Faults({ errors: [{ code }] });
    await expect(freeze(id)).rejects.toBeInstanceOf(LaunchUnknown);
  });

  it('outlives a fault that passes', async () => {
    const id = await makeTemplate({});
    await ec2Faults({ errors: [{ code: 'InternalError', times: 1 }] });
    expect(await freeze(id)).toMatchObject({ launch_template_version: '1' });
  });

  it('is unknown after 3 s in all', async () => {
    const limits = hurryTimeLimits();
    await ec2Faults({ errors: [{ hang: true }] });
    await expect(freeze(await makeTemplate({}))).rejects.toBeInstanceOf(LaunchUnknown);
    expect(limits).toEqual([3_000]);
  });
});
