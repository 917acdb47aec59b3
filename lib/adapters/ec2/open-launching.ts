import { setTimeout as pause } from 'node:timers/promises';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { LaunchOwedPorts } from '../../domain/launch-owed.ts';
import { createLaunchOwed } from '../../domain/launch-owed.ts';
import type { LaunchPorts } from '../../domain/launch-workspace.ts';
import { createLaunchWorkspace } from '../../domain/launch-workspace.ts';
import { logger } from '../../observability/logger.ts';
import { createLaunch } from './launch-instance.ts';
import { createLaunchTemplates, createTemplateReader, LOOK_MS } from './launch-templates.ts';
import { createOperator } from './operate-instances.ts';

/** EC2 refills 2 RunInstances calls a second, to 5: the EC2 API's request throttling. */
const LAUNCH_RATE = { launchesPerSecond: 2, launchBurst: 5 } as const;

const tellOperators: LaunchPorts['report'] = (message, details) => logger.error(message, details);

type Needs = {
  readonly store: LaunchPorts['store'] & LaunchOwedPorts['store'];
  readonly tokens: LaunchPorts['tokens'];
  readonly settings: { readonly registryUrl: string; readonly subnetIds: readonly string[] };
  /** Milliseconds for one look at EC2 before a launch. */
  readonly lookMs?: number;
  readonly report?: LaunchPorts['report'];
  readonly rate?: { readonly launchesPerSecond: number; readonly launchBurst: number };
};

/** Everything that brings instances to be, over one EC2 client: what provision and converge share. */
export function openLaunching(
  client: EC2Client,
  { store, tokens, settings, lookMs = LOOK_MS, report = tellOperators, rate = LAUNCH_RATE }: Needs,
) {
  const operator = createOperator(client);
  const readTemplate = createTemplateReader(client, lookMs);
  const templates = createLaunchTemplates(client, readTemplate);
  const launchWorkspace = createLaunchWorkspace({
    store,
    tokens,
    operator,
    launch: createLaunch(client, readTemplate, lookMs),
    settings: { registryUrl: settings.registryUrl, ...rate },
    pause,
    report,
  });
  const launchOwed = createLaunchOwed({ store, templates, launchWorkspace, subnetIds: settings.subnetIds });
  return { operator, templates, launchWorkspace, launchOwed, pause };
}
