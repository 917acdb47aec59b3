import type {
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  EC2ServiceException,
  Instance,
} from '@aws-sdk/client-ec2';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import type { Ec2Options, Ec2StateChangeEvent } from '../../../infra/local/ec2/server.ts';
import { startEc2 } from '../../../infra/local/ec2/server.ts';

/** As short as can be: what must be seen in between needs other timings. */
export const quick = {
  pendingMs: 20,
  stoppingMs: 20,
  shuttingDownMs: 20,
  rebootMs: 20,
  terminatedVisibleMs: 60_000,
  visibleAfterMs: 0,
};

const plantAnswer = z.object({ instanceIds: z.array(z.string()) });

/** Nothing that takes time ends within a test. */
export const endless = { pendingMs: 60_000, stoppingMs: 60_000, shuttingDownMs: 60_000, rebootMs: 60_000 };

/** A server, a real SDK client for it that tries once, and every event so far; all ended with the test. */
export async function startTestEc2(options: Partial<Ec2Options> = {}) {
  const events: Ec2StateChangeEvent[] = [];
  const onStateChange = (event: Ec2StateChangeEvent) => void events.push(event);
  const server = await startEc2({ boot: { kind: 'none' }, timings: quick, onStateChange, ...options });
  const ec2 = clientFor(server.url);
  onTestFinished(async () => {
    ec2.destroy();
    await server.stop();
  });
  const control = controlFor(server.url);
  /** Puts instances there by the control route and returns their ids. */
  const plant = async (seeds: unknown) =>
    plantAnswer.parse((await control('POST', 'instances', seeds)).body).instanceIds;
  return { server, ec2, events, control, plant };
}

export function clientFor(url: string, maxAttempts = 1): EC2Client {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new EC2Client({ endpoint: url, region: 'us-east-1', credentials, maxAttempts });
}

/** Calls a control route and returns its status and JSON. */
function controlFor(url: string) {
  return async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${url}/_control/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const json: unknown = await answer.json();
    return { status: answer.status, body: json };
  };
}

/** The one thing in a list; anything else fails the test. */
export function only<T>(list: readonly T[] | undefined): T {
  const [first] = list ?? [];
  if (first === undefined || list?.length !== 1) throw new Error(`Expected one, got ${list?.length}`);
  return first;
}

export function idsOf(instances: readonly Instance[] | undefined): string[] {
  return (instances ?? []).map((instance) => instance.InstanceId ?? '');
}

/** What an SDK error is to be held against. */
export function refusal(name: string, message?: string | RegExp, status = 400): Partial<EC2ServiceException> {
  return {
    name,
    ...(message === undefined ? {} : { message: expect.stringMatching(message) }),
    $metadata: expect.objectContaining({ httpStatusCode: status }),
  };
}

export type EventStates = readonly Ec2StateChangeEvent[];
/** The states of the events, in the order in which they came. */
export function eventStates(events: EventStates): string[] {
  return events.map((event) => event.detail.state);
}

/** Waits until the check passes, on a busy machine too. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 10_000, interval: 10 });
}

/** The ids in an answer, in its order. */
export const idsIn = (answer: DescribeInstancesCommandOutput) =>
  (answer.Reservations ?? []).flatMap((reservation) => idsOf(reservation.Instances));

export async function describeIds(ec2: EC2Client, input: DescribeInstancesCommandInput) {
  return idsIn(await ec2.send(new DescribeInstancesCommand(input)));
}

/** One running instance for each seed. */
export async function seeded(
  ...seeds: { tags?: Record<string, string>; state?: string; zone?: string; count?: number }[]
) {
  const started = await startTestEc2();
  return { ...started, ids: await started.plant(seeds) };
}

/** Waits until the events are of these states, in this order. */
export const untilStates = (events: EventStates, states: string[]) =>
  eventually(() => expect(eventStates(events)).toEqual(states));

/** A server with one instance in this state. */
export async function planted(state: string, options = {}) {
  const started = await startTestEc2(options);
  return { ...started, id: only(await started.plant({ state })) };
}
