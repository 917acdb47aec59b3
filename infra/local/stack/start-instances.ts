import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { bundleAgent } from '../../agent/bundle.ts';
import type { Ec2StateChangeEvent } from '../ec2/server.ts';
import { startEc2 } from '../ec2/server.ts';
import { fullFunctionName } from '../host/serverless-process.ts';
import { launchTemplateId } from './function-environment.ts';
import type { Lifetime } from './lifetime.ts';

export type Instances = {
  readonly url: string;
  readonly subnetIds: readonly string[];
  /** From now on state changes are handed to the function `hint`, as EventBridge would; until then they are lost. */
  announceTo(lambdaUrl: string): void;
};

/** How a state change comes to be heard of: who stands here instead of `deliver` can lose some. */
export type Delivery = (event: Ec2StateChangeEvent, deliver: () => Promise<void>) => Promise<void>;

/** EC2, whose instances are processes that run the agent. */
export async function startInstances(
  { parts, over }: Lifetime,
  runFolder: string,
  delivery: Delivery = (_event, deliver) => deliver(),
): Promise<Instances> {
  const agent = await bundleAgent(join(runFolder, 'agent.cjs'));
  let lambda: LambdaClient | undefined;
  const ec2 = await startEc2({
    boot: {
      kind: 'process',
      command: process.execPath,
      args: [agent],
      folder: join(runFolder, 'instances'),
    },
    launchTemplates: {
      [launchTemplateId]: { name: 'muster-local', imageId: 'ami-00000000000000001', instanceType: 't4g.nano' },
    },
    onStateChange: (event) =>
      delivery(event, async () => {
        const payload = JSON.stringify(event);
        const hint = fullFunctionName('hint');
        try {
          await lambda?.send(new InvokeCommand({ FunctionName: hint, InvocationType: 'Event', Payload: payload }));
        } catch (error) {
          // The instances go after the functions.
          if (!over.aborted) throw error;
        }
      }),
  });
  parts.defer(() => ec2.stop());
  return {
    url: ec2.url,
    subnetIds: Object.values(ec2.subnetIds),
    announceTo: (lambdaUrl) => {
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      lambda = new LambdaClient({ endpoint: lambdaUrl, region: 'us-east-1', credentials });
    },
  };
}
