import { randomUUID } from 'node:crypto';
import { EC2Client } from '@aws-sdk/client-ec2';
import { vi } from 'vitest';
import { createEc2Client } from '../../../lib/adapters/ec2/client.ts';
import { createLaunch } from '../../../lib/adapters/ec2/launch-instance.ts';
import type { LaunchedInstance, LaunchRequest } from '../../../lib/domain/launch.ts';
import { LAUNCH_TEMPLATE_ID } from '../../support/provided.ts';

export const REGISTRY_ID = randomUUID();

/** A launch of a generation that no other test has. */
export function launchRequest(overrides: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    registryId: REGISTRY_ID,
    workspaceId: randomUUID(),
    generation: 1,
    name: 'shop',
    spec: { launch_template_id: LAUNCH_TEMPLATE_ID, launch_template_version: '1' },
    bootstrap: '{"bootstrap":"ours"}',
    resumed: false,
    ...overrides,
  };
}

export const resumedOf = (request: LaunchRequest): LaunchRequest => ({ ...request, resumed: true });

export const tokenOf = ({ workspaceId, generation }: LaunchRequest): string => `${workspaceId}-${generation}`;

/** Launches as a function does, and answers what `finalise` was given. */
export const launched = (request: LaunchRequest, client: EC2Client = createEc2Client()): Promise<LaunchedInstance> =>
  createLaunch(client)(request, async (instance) => instance);

/** A client that tries once: what it is refused, it is refused at its first try. */
export const ec2Once = (): EC2Client => new EC2Client({ maxAttempts: 1 });

/** A client that remembers the launches that it was told to send. */
export function recordingClient() {
  const client = createEc2Client();
  const launches: object[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'RunInstancesCommand') launches.push(args.input);
        return next(args);
      },
    { step: 'initialize' },
  );
  return { client, launches };
}

/** Lets every time limit of a call pass 20 times as fast, until mocks are restored; answers those that were set. */
export function hurryTimeLimits(): readonly number[] {
  const limits: number[] = [];
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    limits.push(ms);
    return timeout(ms / 20);
  });
  return limits;
}
