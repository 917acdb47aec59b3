import { gunzipSync, gzipSync } from 'node:zlib';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createEc2Client } from '../../../lib/adapters/ec2/client.ts';
import { createLaunch } from '../../../lib/adapters/ec2/launch-instance.ts';
import { ec2, ec2Calls, makeTemplate, putTemplate, resetEc2Calls } from '../../support/ec2.ts';
import { launched, launchRequest, REGISTRY_ID, recordingClient, tokenOf } from './request.ts';

const sentUserData = z.object({ UserData: z.base64().transform((text) => Buffer.from(text, 'base64').toString()) });
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const specOf = (id: string, version = '1') => ({ launch_template_id: id, launch_template_version: version });

/** The user data that a launch of this template sends. */
async function userDataOf(userData: string | Buffer): Promise<string> {
  const id = await makeTemplate({ userData: base64(userData) });
  const { client, launches } = recordingClient();
  await launched(launchRequest({ spec: specOf(id) }), client);
  return sentUserData.parse(launches[0]).UserData;
}

describe('a launch', () => {
  it('starts one instance that is tagged as the generation’s, and hands it to finalise', async () => {
    const request = launchRequest({ generation: 7 });
    const instance = await launched(request);
    expect(instance).toEqual({
      instanceId: expect.stringMatching(/^i-/),
      zone: expect.stringMatching(/^us-east-1/),
      stoppable: true,
      launchedAt: expect.stringMatching(/^20.*Z$/),
    });
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'client-token', Values: [`${request.workspaceId}-7`] }] }),
    );
    const [shown, ...others] = Reservations.flatMap(({ Instances = [] }) => Instances);
    expect(others).toEqual([]);
    expect(shown?.InstanceId).toBe(instance.instanceId);
    expect(Object.fromEntries((shown?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))).toEqual({
      'muster:registry': REGISTRY_ID,
      'muster:workspace': request.workspaceId,
      'muster:generation': '7',
      Name: 'shop',
    });
  });

  it('answers what finalise makes of the instance, and throws what it throws', async () => {
    const launch = createLaunch(createEc2Client());
    expect(await launch(launchRequest(), async () => 'recorded')).toBe('recorded');
    const failing = launch(launchRequest(), () => Promise.reject(new TypeError('not recorded')));
    await expect(failing).rejects.toThrow(new TypeError('not recorded'));
  });

  it('is of the frozen version, in the frozen subnet, under the generation’s token', async () => {
    const id = await makeTemplate({}, { instanceType: 't4g.large' }, {});
    const { client, launches } = recordingClient();
    const request = launchRequest({ spec: { ...specOf(id, '2'), subnet_id: 'subnet-0000000000000000a' } });
    await launched(request, client).catch(() => undefined);
    expect(launches).toEqual([
      expect.objectContaining({
        MinCount: 1,
        MaxCount: 1,
        ClientToken: tokenOf(request),
        LaunchTemplate: { LaunchTemplateId: id, Version: '2' },
        SubnetId: 'subnet-0000000000000000a',
      }),
    ]);
  });

  it('of a spec without a version is of the default as it is then', async () => {
    const { client, launches } = recordingClient();
    const launch = createLaunch(client);
    const id = await makeTemplate({ userData: base64('#!one') }, { userData: base64('#!two') });
    const launchDefault = () => launch(launchRequest({ spec: { launch_template_id: id } }), async () => undefined);
    await launchDefault();
    await putTemplate(id, [{ userData: base64('#!one') }, { userData: base64('#!two') }], 2);
    await launchDefault();
    const documents = launches.map((input) => sentUserData.parse(input).UserData);
    expect(documents.map((text) => /#!\w+/.exec(text)?.[0])).toEqual(['#!one', '#!two']);
  });

  it('reads a numbered version once', async () => {
    const launch = createLaunch(createEc2Client());
    await resetEc2Calls();
    for (let round = 0; round < 3; round += 1) await launch(launchRequest(), async () => undefined);
    expect(await ec2Calls()).toEqual({ DescribeLaunchTemplateVersions: 1, RunInstances: 3 });
  });
});

describe('the user data of a launch', () => {
  it('holds our part and the template’s', async () => {
    const document = await userDataOf('#!/bin/sh\necho template\n');
    expect(document).toContain('{"bootstrap":"ours"}');
    expect(document).toContain('Content-Type: text/x-shellscript\r\n');
    expect(document).toContain('\r\n\r\n#!/bin/sh\necho template\n\r\n--');
  });

  it('holds gzip as it is, but unpacks MIME in it, for which cloud-init looks in no part', async () => {
    const script = await userDataOf(gzipSync('#!/bin/sh\n'));
    const packed = /application\/gzip\r\n.*base64\r\n\r\n([^-]+)\r\n--/.exec(script)?.[1] ?? '';
    expect(gunzipSync(Buffer.from(packed, 'base64')).toString()).toBe('#!/bin/sh\n');

    const mime = 'MIME-Version: 1.0\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n';
    expect(await userDataOf(gzipSync(mime))).toContain(`\r\n${mime}\r\n--`);
    expect(await userDataOf(Buffer.from([0x1f, 0x8b, 1, 2, 3]))).toContain('application/gzip');
  });

  it('may be as long as EC2 takes it, and is the template’s fault where it is longer', async () => {
    const { length } = await userDataOf('#!');
    const longest = await userDataOf('#!'.padEnd(2 + 16_384 - length, 'x'));
    expect(longest).toHaveLength(16_384);
    await resetEc2Calls();
    await expect(userDataOf('#!'.padEnd(2 + 16_385 - length, 'x'))).rejects.toMatchObject({
      name: 'LaunchRefused',
      refusal: 'template',
      awsCode: 'UserDataTooLarge',
    });
    expect(await ec2Calls()).toEqual({ DescribeLaunchTemplateVersions: 1 });
  });
});

describe('a launched instance', () => {
  it.each([
    ['is On-Demand', true, {}],
    ['is on instance store', false, { rootDeviceType: 'instance-store' }],
    ['is one-time Spot', false, { instanceMarketOptions: { marketType: 'spot' } }],
    [
      'is persistent Spot',
      true,
      { instanceMarketOptions: { marketType: 'spot', spotOptions: { spotInstanceType: 'persistent' } } },
    ],
  ] as const)('that %s: whether it can be stopped is %s', async (_, stoppable, version) => {
    const spec = specOf(await makeTemplate(version));
    expect(await launched(launchRequest({ spec }))).toMatchObject({ stoppable });
  });
});
