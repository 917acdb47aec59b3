import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConvergeRequester } from '../../../lib/adapters/lambda/request-converge.ts';
import { createReconcileRequester } from '../../../lib/adapters/lambda/request-reconcile.ts';
import type { LambdaServer } from '../../support/lambda-server.ts';
import { startLambda } from '../../support/lambda-server.ts';

let lambda: LambdaServer;
let client: LambdaClient;
const lines: string[] = [];

beforeAll(async () => {
  lambda = await startLambda();
  client = new LambdaClient({
    endpoint: lambda.url,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});

afterAll(() => lambda.stop());

beforeEach(() => {
  lambda.refuses = false;
  lambda.invocations.length = 0;
  lines.length = 0;
});

const reconcile = () => createReconcileRequester({ functionName: 'stack-reconcile' }, client);
const converge = () => createConvergeRequester({ functionName: 'stack-converge' }, client);

it.each([
  ['reconcile of one workspace', () => reconcile().request('w-1'), 'stack-reconcile', { workspace_id: 'w-1' }],
  ['converge of one workspace', () => converge().request('w-1'), 'stack-converge', { workspace_id: 'w-1' }],
  [
    'converge of all that owe something, as its schedule does',
    () => converge().request(null),
    'stack-converge',
    { 'detail-type': 'Scheduled Event' },
  ],
])('asks without waiting for the outcome for %s', async (_, request, functionName, payload) => {
  await request();
  expect(lambda.invocations).toEqual([{ functionName, type: 'Event', payload }]);
});

describe('an invoke that fails', () => {
  it.each([
    ['reconcile', () => reconcile().request('w-1'), 'ReconcileInvokeFailed'],
    ['converge', () => converge().request('w-1'), 'ConvergeInvokeFailed'],
  ])('of %s is counted and logged, and throws nothing', async (name, request, metric) => {
    lambda.refuses = true;
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    }
    await request().finally(() => vi.restoreAllMocks());
    const written = lines.map((line) => JSON.parse(line));
    expect(written).toContainEqual(expect.objectContaining({ [metric]: 1 }));
    expect(written).toContainEqual(
      expect.objectContaining({ level: 'WARN', workspace_id: 'w-1', message: expect.stringContaining(name) }),
    );
    expect(lambda.invocations).toEqual([]);
  });
});
