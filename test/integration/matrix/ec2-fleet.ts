import {
  DescribeInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import * as z from 'zod';
import { type InstanceState, instanceState } from '../../../lib/domain/verdict.ts';
import { ec2, stopFor } from '../../support/ec2.ts';
import { newInstanceId } from '../../support/registry.ts';
import { shared } from '../../support/shared.ts';
import type { Kind } from './kinds.ts';

/** A workspace that is to be made: where its instance really is. */
export type Place = { readonly kind: Kind; readonly zone: string };

/** What EC2 says of one instance. byPerson: somebody asked it for the stop. */
export type Answer = { readonly state: InstanceState | 'not named' | 'no answer'; readonly byPerson: boolean };

/** What EC2 shows of everything, by instance id. */
export type Shown = ReadonlyMap<string, Answer>;

const BY_PERSON = 'Client.UserInitiatedShutdown';
const LONG_AGO_MS = 7_200_000;
const ON_THE_WAY = ['pending', 'stopping', 'shutting-down'];

const described = z.object({
  InstanceId: z.string(),
  State: z.object({ Name: instanceState }),
  StateReason: z.object({ Code: z.string() }).optional(),
});

/** Puts each kind's instance there, and does to it what makes it so; answers their ids in the same order. */
export async function plantFleet(places: readonly Place[], registryId: string): Promise<string[]> {
  const launchTime = new Date(Date.now() - LONG_AGO_MS).toISOString();
  const real = places.filter(({ kind }) => kind.real !== 'none');
  const seeds = real.map(({ kind, zone }) => ({
    zone,
    tags: { 'muster:registry': registryId },
    state: kind.started ? 'stopped' : kind.real === 'shutting-down' ? 'shutting-down' : 'running',
    ...(kind.lately === 'launched' ? {} : { launchTime }),
  }));
  const ids = await plant(seeds);
  const idOf = new Map(real.map((place, at) => [place, ids[at] ?? '']));
  const those = (is: (kind: Kind) => boolean) => [...idOf].filter(([{ kind }]) => is(kind)).map(([, id]) => id);

  await ec2.send(new StopInstancesCommand({ InstanceIds: those(({ real: is }) => is === 'stopped by a person') }));
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: those(({ real: is }) => is === 'terminated') }));
  await ec2.send(new StartInstancesCommand({ InstanceIds: those(({ started }) => started === true) }));
  await Promise.all(those(({ real: is }) => is === 'stopped').map((id) => stopFor('Server.ScheduledStop', id)));
  const staying = those(({ real: is }) => is === 'shutting-down');
  await expect.poll(async () => (await onTheWay()).filter((id) => !staying.includes(id))).toEqual([]);
  return places.map((place) => idOf.get(place) ?? newInstanceId());
}

/** Instances that run, one in each of the zones given. */
export function plantRunning(zones: readonly string[], registryId: string): Promise<string[]> {
  return plant(zones.map((zone) => ({ zone, tags: { 'muster:registry': registryId }, state: 'running' })));
}

/** All that EC2 shows to somebody who asks for everything. */
export async function readShown(): Promise<Map<string, Answer>> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances).map((one) => described.parse(one));
  return new Map(
    instances.map(({ InstanceId, State, StateReason }) => [
      InstanceId,
      { state: State.Name, byPerson: StateReason?.Code === BY_PERSON },
    ]),
  );
}

export async function startAll(instanceIds: readonly string[]): Promise<void> {
  if (instanceIds.length > 0) await ec2.send(new StartInstancesCommand({ InstanceIds: [...instanceIds] }));
}

/** Makes EC2 not name them, though they live, until all are shown again. */
export const hideAll = (instanceIds: readonly string[]) => control('POST', 'hidden', { instanceIds });
export const showAll = () => control('DELETE', 'hidden');

async function plant(seeds: readonly Record<string, unknown>[]): Promise<string[]> {
  if (seeds.length === 0) return [];
  return z.object({ instanceIds: z.array(z.string()) }).parse(await control('POST', 'instances', seeds)).instanceIds;
}

async function onTheWay(): Promise<string[]> {
  const Filters = [{ Name: 'instance-state-name', Values: ON_THE_WAY }];
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
  return Reservations.flatMap(({ Instances = [] }) => Instances).map(({ InstanceId }) => InstanceId ?? '');
}

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await fetch(`${shared.now.ec2Url}/_control/${path}`, init);
  if (!answer.ok) throw new Error(`the local EC2 server refused ${path}: ${await answer.text()}`);
  return answer.json();
}
