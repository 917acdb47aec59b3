import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { handler as commandsHandler } from '../../functions/commands/index.ts';
import { handler as declarationHandler } from '../../functions/declaration/index.ts';
import { handler as heartbeatHandler } from '../../functions/heartbeat/index.ts';
import { handler as hintHandler } from '../../functions/hint/index.ts';
import { handler as livenessHandler } from '../../functions/liveness/index.ts';
import { handler as notFoundHandler } from '../../functions/not-found/index.ts';
import { handler as provisionHandler } from '../../functions/provision/index.ts';
import { handler as readyHandler } from '../../functions/ready/index.ts';
import { handler as reconcileHandler } from '../../functions/reconcile/index.ts';
import { handler as registerHandler } from '../../functions/register/index.ts';
import { handler as stateHandler } from '../../functions/state/index.ts';
import { handler as sweepHandler } from '../../functions/sweep/index.ts';
import { handler as workspacesHandler } from '../../functions/workspaces/index.ts';
import { giveInstance, terminate } from '../support/ec2.ts';
import { lambdaContext } from '../support/events.ts';
import { eventsOf, makeWorkspace, rowOf } from '../support/registry.ts';

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(import.meta.dirname, '../events', `${name}.json`), 'utf8'));

const isHttp = (event: unknown): event is APIGatewayProxyEventV2 =>
  typeof event === 'object' && event !== null && 'routeKey' in event && 'rawPath' in event;

const httpDocument = async (name: string): Promise<APIGatewayProxyEventV2> => {
  const event = await read(name);
  if (!isHttp(event)) throw new Error(`${name}.json is no API Gateway document`);
  return event;
};

describe('a whole API Gateway document', () => {
  it.each([
    ['ready', readyHandler, 200],
    ['buildinfo', readyHandler, 200],
    ['workspaces', workspacesHandler, 200],
    ['workspace', workspacesHandler, 404],
    ['workspace-events', workspacesHandler, 404],
    ['declaration', declarationHandler, 404],
    ['declaration-history', declarationHandler, 404],
    ['declare', declarationHandler, 404],
    ['commands', commandsHandler, 404],
    ['restart', commandsHandler, 404],
    ['pause', commandsHandler, 404],
    ['resume', commandsHandler, 404],
    ['hibernate', commandsHandler, 404],
    ['wake', commandsHandler, 404],
    ['remove', commandsHandler, 404],
    ['reissue-token', commandsHandler, 404],
    ['not-found', notFoundHandler, 404],
    // The tokens in the documents are signed by nobody.
    ['register', registerHandler, 401],
    ['heartbeat', heartbeatHandler, 401],
    ['state', stateHandler, 401],
  ] as const)('%s is answered', async (name, handler, status) => {
    expect(await handler(await httpDocument(name), lambdaContext())).toMatchObject({
      statusCode: status,
      headers: { 'content-type': expect.stringMatching(/json$/) },
    });
  });

  it('provision makes a workspace', async () => {
    expect(await provisionHandler(await httpDocument('provision'), lambdaContext())).toMatchObject({ statusCode: 201 });
  });

  it.each([
    ['register', registerHandler, (id: string) => ({ id })],
    [
      'heartbeat',
      heartbeatHandler,
      (id: string) => ({ workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds: 1 }),
    ],
  ] as const)('%s with a right token is taken', async (name, handler, body) => {
    const made = await makeWorkspace();
    const document = await httpDocument(name);
    const headers = { ...document.headers, authorization: `Bearer ${await made.token('runtime')}` };
    const event = { ...document, headers, body: JSON.stringify(body(made.id)) };
    expect(await handler(event, lambdaContext())).toMatchObject({ statusCode: 200 });
  });
});

describe('a whole scheduled or asynchronous document', () => {
  it.each([
    ['sweep', sweepHandler],
    ['liveness', livenessHandler],
    ['reconcile', reconcileHandler],
    ['scheduled', reconcileHandler],
  ] as const)('%s is run', async (name, handler) => {
    expect(await handler(await read(name), lambdaContext())).toEqual(expect.any(Object));
  });

  it('sweep has time to sweep in the 55 s that its function is given', async () => {
    const made = await makeWorkspace({ status: 'online' });
    await terminate(await giveInstance(made.id));
    expect(await sweepHandler(await read('sweep'), lambdaContext(55_000))).toMatchObject({ complete: true });
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline' });
  });

  it.each(['reconcile', 'hint'] as const)(
    'that %s cannot read is rethrown, so that Lambda counts an error',
    async (name) => {
      const handler = name === 'reconcile' ? reconcileHandler : hintHandler;
      await expect(handler({ nonsense: true }, lambdaContext())).rejects.toThrow();
    },
  );
});

describe('a hint', () => {
  const hint = async (name: string, instanceId?: string) => {
    const document = await read(name);
    if (typeof document !== 'object' || document === null || !('detail' in document)) throw new Error('no hint');
    const detail = Object.assign({}, document.detail, instanceId === undefined ? {} : { 'instance-id': instanceId });
    return hintHandler({ ...document, detail }, lambdaContext());
  };

  it.each(['hint', 'spot-interruption', 'rebalance'])(
    '(%s) about an instance that is not ours is harmless',
    async (name) => {
      expect(await hint(name)).toMatchObject({ known: false });
    },
  );

  it.each(['hint', 'spot-interruption', 'rebalance'])(
    '(%s) is not believed: EC2 says that it is alive',
    async (name) => {
      const made = await makeWorkspace({ status: 'online' });
      const instance = await giveInstance(made.id);
      expect(await hint(name, instance)).toMatchObject({ known: true, verdicts: { alive: 1 }, flipped: 0 });
      expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
    },
  );

  it('takes the workspace offline at once when EC2 confirms it, and a second time changes nothing', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const instance = await giveInstance(made.id);
    await terminate(instance);
    expect(await hint('hint', instance)).toMatchObject({ flipped: 1 });
    expect(await hint('hint', instance)).toMatchObject({ known: false });
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline' });
    expect((await eventsOf(made.id)).at(-1)).toMatchObject({ event: 'instance_gone', actor: 'hint' });
  });
});
