import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Invokes, openInvokes } from '../../../infra/local/host/invokes.ts';
import { type LambdaServer, startLambda } from '../../support/lambda-server.ts';

let lambda: LambdaServer;
let invokes: Invokes;
let client: LambdaClient;

beforeEach(async () => {
  lambda = await startLambda();
  onTestFinished(() => lambda.stop());
  invokes = await openInvokes();
  onTestFinished(() => invokes.close());
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new LambdaClient({ endpoint: invokes.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
});

type Type = 'Event' | 'RequestResponse';

const invoke = (InvocationType: Type = 'Event', payload: unknown = {}) =>
  client.send(
    new InvokeCommand({ FunctionName: 'muster-local-reconcile', InvocationType, Payload: JSON.stringify(payload) }),
  );

const refusals = async (times: number, type?: Type): Promise<boolean[]> => {
  const refused: boolean[] = [];
  for (let at = 0; at < times; at += 1)
    refused.push(
      await invoke(type).then(
        () => false,
        () => true,
      ),
    );
  return refused;
};

describe('what stands before the host for invokes', () => {
  it('hands them on, and the answer', async () => {
    invokes.forwardTo(lambda.url);
    expect((await invoke('Event', { workspace_id: 'w' })).StatusCode).toBe(202);
    expect(lambda.invocations).toEqual([
      { functionName: 'muster-local-reconcile', type: 'Event', payload: { workspace_id: 'w' } },
    ]);
    expect(invokes.refused).toBe(0);
  });

  it('answers 503 before the host is there, and when it has gone', async () => {
    const unavailable = { name: 'ServiceException', $metadata: { httpStatusCode: 503 } };
    await expect(invoke()).rejects.toMatchObject(unavailable);
    invokes.forwardTo(lambda.url);
    await invoke();
    await lambda.stop();
    await expect(invoke()).rejects.toMatchObject(unavailable);
  });

  it('refuses a share of the asynchronous ones, the same for the same seed, in the words of Lambda', async () => {
    invokes.forwardTo(lambda.url);
    invokes.refuse(1 / 3, 7);
    const refused = await refusals(60);
    const share = refused.filter(Boolean).length;
    expect(share / 60).toBeGreaterThan(0.2);
    expect(share / 60).toBeLessThan(0.5);
    expect(lambda.invocations).toHaveLength(60 - share);
    expect(invokes.refused).toBe(share);
    invokes.refuse(1 / 3, 7);
    expect(await refusals(60)).toEqual(refused);
    invokes.refuse(1 / 3, 8);
    expect(await refusals(60)).not.toEqual(refused);
    invokes.refuse(1);
    await expect(invoke()).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429, attempts: 1 },
    });
  });

  it('refuses none that somebody waits for', async () => {
    invokes.forwardTo(lambda.url);
    invokes.refuse(1);
    expect(await refusals(5, 'RequestResponse')).not.toContain(true);
    expect(invokes.refused).toBe(0);
  });
});
