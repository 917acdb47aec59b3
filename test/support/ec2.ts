import { randomBytes } from 'node:crypto';
import { EC2Client, RunInstancesCommand, StopInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import type { LaunchTemplateData } from '../../infra/local/ec2/launch-templates/launch-template.ts';
import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createInquirer } from '../../lib/adapters/ec2/inquire-instances.ts';
import type { InstanceState } from '../../lib/domain/verdict.ts';
import { LAUNCH_TEMPLATE_ID } from './provided.ts';
import { shared } from './shared.ts';
import { sql } from './sql.ts';

export const ec2 = new EC2Client({});
export const inquirer = createInquirer(createEc2Client());

const setInstance = (id: string, instance: string) =>
  sql('UPDATE workspaces SET instance_id = :instance::text WHERE id = :id::uuid', { id, instance });

/** Starts a real instance of the local EC2 server, in the zone that rows are made in, and makes it the workspace's. */
export async function giveInstance(workspaceId: string, tags: Readonly<Record<string, string>> = {}): Promise<string> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      LaunchTemplate: { LaunchTemplateId: LAUNCH_TEMPLATE_ID },
      Placement: { AvailabilityZone: 'us-east-1a' },
      ...(Tags.length > 0 && { TagSpecifications: [{ ResourceType: 'instance', Tags }] }),
    }),
  );
  const id = Instances[0]?.InstanceId;
  if (id === undefined) throw new Error('the local EC2 server started nothing');
  await setInstance(workspaceId, id);
  return id;
}

/** Makes an instance the workspace's that stays in a state which others only pass through. */
export async function giveInstanceThatStays(state: InstanceState, workspaceId: string): Promise<string> {
  const id = await plantInstance({ state });
  await setInstance(workspaceId, id);
  return id;
}

/** What an instance is that nobody launches: it stays as it is until something acts on it. */
export type Seed = {
  readonly state?: InstanceState;
  readonly tags?: Readonly<Record<string, string>>;
  readonly zone?: string;
  readonly launchTime?: string;
  readonly clientToken?: string;
  readonly market?: 'on-demand' | 'spot-one-time' | 'spot-persistent';
  readonly rootDeviceType?: 'ebs' | 'instance-store';
};

/** Puts an instance into the local EC2 server. */
export async function plantInstance(seed: Seed): Promise<string> {
  const [id] = await plantInstances({ ...seed, count: 1 });
  if (id === undefined) throw new Error('the local EC2 server planted nothing');
  return id;
}

/** Puts `count` instances of one kind there. */
export async function plantInstances(seed: Seed & { readonly count: number }): Promise<string[]> {
  return z.object({ instanceIds: z.array(z.string()) }).parse(await control('POST', 'instances', seed)).instanceIds;
}

const PLAIN_TEMPLATE = { imageId: 'ami-0123456789abcdef0', instanceType: 't4g.small' };

/** Makes a launch template that no other test has, from what each of its versions says; answers its id. */
export async function makeTemplate(...versions: readonly LaunchTemplateData[]): Promise<string> {
  const id = `lt-0${randomBytes(8).toString('hex')}`;
  await putTemplate(id, versions);
  return id;
}

/** Replaces a launch template with all its versions, and names one as the default. */
export const putTemplate = (id: string, versions: readonly LaunchTemplateData[], defaultVersion = 1) =>
  control('POST', `launch-templates/${id}`, {
    name: id,
    versions: versions.map((version) => ({ ...PLAIN_TEMPLATE, ...version })),
    defaultVersion,
  });

export const terminate = (id: string) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));

/** A stop by a person: a call of ours or of anybody else. */
export const stop = (id: string) => ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));

/** A stop that EC2 gives this reason for (StateReason.Code). */
export const stopFor = (code: string, id: string) =>
  control('POST', `instances/${id}/stop`, { reason: { code, message: 'test' } });

/** Makes the local EC2 server fail; `{}` ends it. */
export const ec2Faults = (faults: Record<string, unknown>) => control('POST', 'faults', faults);

/** How often each action was called since the last `resetEc2Calls`. */
export const ec2Calls = async () => z.record(z.string(), z.int()).parse(await control('GET', 'calls'));
export const resetEc2Calls = () => control('DELETE', 'calls');

async function control(method: string, path: string, body?: Record<string, unknown>): Promise<unknown> {
  const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await fetch(`${shared.now.ec2Url}/_control/${path}`, init);
  if (!answer.ok) throw new Error(`the local EC2 server refused ${path}: ${await answer.text()}`);
  return answer.json();
}
