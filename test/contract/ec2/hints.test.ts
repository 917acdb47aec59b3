import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { expect, it, onTestFinished } from 'vitest';
import { startInstances } from '../../../infra/local/stack/start-instances.ts';
import { startLambda } from '../../support/lambda-server.ts';
import { clientFor, eventually, idsOf, only } from './start.ts';

it('hands each state change to the function hint, as a whole event, without waiting for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-hints-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const lambda = await startLambda();
  onTestFinished(() => lambda.stop());
  const parts = new AsyncDisposableStack();
  onTestFinished(() => parts.disposeAsync());
  const over = new AbortController().signal;
  const { url, announceTo } = await startInstances({ parts, over, broke: () => undefined }, folder);
  announceTo(lambda.url);

  const ec2 = clientFor(url);
  onTestFinished(() => ec2.destroy());
  const image = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };
  const id = only(idsOf((await ec2.send(new RunInstancesCommand(image))).Instances));
  const handed = (state: string) => ({
    functionName: 'muster-local-hint',
    type: 'Event',
    payload: expect.objectContaining({ source: 'aws.ec2', detail: { 'instance-id': id, state } }),
  });
  await eventually(() => expect(lambda.invocations).toEqual([handed('pending'), handed('running')]));
});
