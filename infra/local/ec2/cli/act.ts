import {
  type EC2Client,
  type InstanceStateChange,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import type { Verb } from './command-line.ts';

/** Carries out one verb on one instance and says in one line what happened. */
export async function act(verb: Verb, instanceId: string, ec2: EC2Client, url: string): Promise<string> {
  const InstanceIds = [instanceId];
  switch (verb) {
    case 'terminate':
      return changed((await ec2.send(new TerminateInstancesCommand({ InstanceIds }))).TerminatingInstances);
    case 'stop':
      return changed((await ec2.send(new StopInstancesCommand({ InstanceIds }))).StoppingInstances);
    case 'start':
      return changed((await ec2.send(new StartInstancesCommand({ InstanceIds }))).StartingInstances);
    case 'reboot':
      await ec2.send(new RebootInstancesCommand({ InstanceIds }));
      return `${instanceId}: reboot requested`;
    case 'kill-process':
      return killProcess(instanceId, url);
    case 'hide':
      return `${instanceId}: hidden; it is ${await stateAfter('hide', instanceId, url)}`;
    case 'show':
      return `${instanceId}: shown; it is ${await stateAfter('show', instanceId, url)}`;
  }
}

function changed(changes: readonly InstanceStateChange[] | undefined): string {
  return (changes ?? [])
    .map((change) => `${change.InstanceId}: ${change.PreviousState?.Name} → ${change.CurrentState?.Name}`)
    .join('\n');
}

const refused = z.object({ error: z.string() });
const killed = z.object({ pid: z.int(), state: z.string() });
const acted = z.object({ state: z.string() });

async function killProcess(instanceId: string, url: string): Promise<string> {
  const { pid, state } = killed.parse(await fromOutside('kill-process', instanceId, url));
  return `${instanceId}: process ${pid} killed; EC2 still shows it ${state}`;
}

async function stateAfter(verb: 'hide' | 'show', instanceId: string, url: string): Promise<string> {
  return acted.parse(await fromOutside(verb, instanceId, url)).state;
}

/** @throws {CliError} with the server's words for why not. */
async function fromOutside(verb: Verb, instanceId: string, url: string): Promise<unknown> {
  const path = `/_control/instances/${encodeURIComponent(instanceId)}/${verb}`;
  const answer = await fetch(new URL(path, url), { method: 'POST' });
  const body: unknown = await answer.json();
  if (!answer.ok) throw new CliError(refused.parse(body).error);
  return body;
}
