import { CreateTagsCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { startBootingEc2 } from './booted.ts';
import { refusal } from './start.ts';

const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';

async function bootOne(input: Partial<RunInstancesCommandInput> = {}) {
  const started = await startBootingEc2();
  const id = await started.run({ Placement: { AvailabilityZone: 'us-east-1b' }, InstanceType: 't3.micro', ...input });
  const { endpoint } = await started.booted(id);
  const issue = (ttl: string, headers = {}) =>
    fetch(`${endpoint}/latest/api/token`, { method: 'PUT', headers: { [ttlHeader]: ttl, ...headers } });
  const token = await (await issue('21600')).text();
  const get = (path: string, headers: Record<string, string> = { 'x-aws-ec2-metadata-token': token }) =>
    fetch(`${endpoint}${path}`, { headers });
  const read = async (path: string) => (await get(path)).text();
  return { ...started, id, endpoint, issue, get, read };
}

describe('The metadata service of an instance', () => {
  it('tells what the instance is', async () => {
    const UserData = Buffer.from([0, 255, 10]).toString('base64');
    const { id, read, get } = await bootOne({ UserData });
    expect(await read('/latest/meta-data/instance-id')).toBe(id);
    expect(await read('/latest/meta-data/placement/availability-zone')).toBe('us-east-1b');
    expect(await read('/latest/meta-data/placement/region')).toBe('us-east-1');
    expect(await read('/latest/meta-data/local-ipv4')).toBe('10.1.0.1');
    expect(await read('/latest/meta-data/ami-id')).toBe('ami-0123456789abcdef0');
    expect(await read('/latest/meta-data/instance-type')).toBe('t3.micro');
    expect(await read('/latest/meta-data/placement/')).toBe('availability-zone\nregion');
    expect((await read('/latest/meta-data')).split('\n')).toContain('placement/');
    expect(JSON.parse(await read('/latest/dynamic/instance-identity/document'))).toMatchObject({
      instanceId: id,
      accountId: '123456789012',
      availabilityZone: 'us-east-1b',
      region: 'us-east-1',
    });
    expect(Buffer.from(await (await get('/latest/user-data')).arrayBuffer())).toEqual(Buffer.from([0, 255, 10]));
  });

  it('shows the tags, as they are now, only where the launch asked for that', async () => {
    const TagSpecifications = [{ ResourceType: 'instance' as const, Tags: [{ Key: 'muster:workspace', Value: 'w1' }] }];
    const { ec2, id, read, get, run } = await bootOne({
      TagSpecifications,
      MetadataOptions: { InstanceMetadataTags: 'enabled', HttpTokens: 'required' },
    });
    expect(await read('/latest/meta-data/tags/instance/muster:workspace')).toBe('w1');
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'Name', Value: 'n' }] }));
    expect(await read('/latest/meta-data/tags/instance/')).toBe('muster:workspace\nName');
    expect(await read('/latest/meta-data/tags/instance/muster%3Aworkspace')).toBe('w1');
    expect((await get('/latest/meta-data/tags/instance/Other')).status).toBe(404);
    const bad = run({
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a/b', Value: '' }] }],
      MetadataOptions: { InstanceMetadataTags: 'enabled' },
    });
    await expect(bad).rejects.toMatchObject(refusal('InvalidParameterValue', /^'a\/b' is not a valid tag key/));
  });

  it('has neither tags nor user data where the launch gave none', async () => {
    const { get } = await bootOne({
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: '' }] }],
    });
    expect((await get('/latest/meta-data/tags/instance/')).status).toBe(404);
    expect((await get('/latest/user-data')).status).toBe(404);
  });

  it('shows the user data and the tags of the launch template where the launch names none', async () => {
    const template = {
      name: 'runtime',
      subnetId: 'subnet-00000000000000003',
      userData: Buffer.from('of the template').toString('base64'),
      tags: { a: '1' },
      instanceMetadataTags: 'enabled',
    } as const;
    const { run, booted } = await startBootingEc2({ launchTemplates: { 'lt-0123456789abcdef0': template } });
    const id = await run({ LaunchTemplate: { LaunchTemplateId: 'lt-0123456789abcdef0' } });
    expect(await booted(id)).toMatchObject({ userData: 'of the template', zone: 'us-east-1c', tags: 'a' });
  });

  it('answers by the rules of IMDSv2', async () => {
    const { get, issue, endpoint } = await bootOne();
    const path = '/latest/meta-data/instance-id';
    expect((await get(path, {})).status).toBe(401);
    expect((await get(path, { 'x-aws-ec2-metadata-token': 'forged' })).status).toBe(401);
    expect((await get('/latest/meta-data/nothing')).status).toBe(404);
    expect((await get('/latest/meta-data/instance')).status).toBe(404);
    expect((await get('/latest/%')).status).toBe(404);
    expect((await get('/')).status).toBe(404);
    expect((await fetch(`${endpoint}${path}`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${endpoint}/latest/api/token`)).status).toBe(405);
    const good = await issue('21600');
    expect([good.status, good.headers.get(ttlHeader)]).toEqual([200, '21600']);
    for (const ttl of ['0', '21601', 'x', '']) expect((await issue(ttl)).status).toBe(400);
    expect((await issue('60', { 'x-forwarded-for': '10.0.0.9' })).status).toBe(403);
  });

  it('lets a token expire', async () => {
    const { issue, get } = await bootOne();
    const token = await (await issue('1')).text();
    const ask = async () => (await get('/latest/meta-data/ami-id', { 'x-aws-ec2-metadata-token': token })).status;
    expect(await ask()).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    expect(await ask()).toBe(401);
  });
});
