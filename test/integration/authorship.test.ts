import { expect, it } from 'vitest';
import { handler as heartbeatHandler } from '../../functions/heartbeat/index.ts';
import { handler as hintHandler } from '../../functions/hint/index.ts';
import { handler as livenessHandler } from '../../functions/liveness/index.ts';
import { handler as provisionHandler } from '../../functions/provision/index.ts';
import { handler as reconcileHandler } from '../../functions/reconcile/index.ts';
import { handler as registerHandler } from '../../functions/register/index.ts';
import { terminate } from '../support/ec2.ts';
import { httpEvent, lambdaContext } from '../support/events.ts';
import { SEO_ALL, tokens } from '../support/registry.ts';
import { call } from '../support/runtime.ts';
import { sql } from '../support/sql.ts';

it('each event tells in which call it came about, by whom, and of which generation and instance', async () => {
  const expected: unknown[] = [];
  const over = async (
    handler: Parameters<typeof call>[0],
    route: string,
    options: object,
    told: [string, string][],
  ) => {
    const event = httpEvent(route, options);
    const { body } = await call(handler, event);
    expected.push(...told.map(([name, actor]) => [name, actor, event.requestContext.requestId]));
    return body;
  };
  const job = async <E>(
    handler: (event: E, context: ReturnType<typeof lambdaContext>) => Promise<unknown>,
    event: E,
    told: [string, string],
  ) => {
    const context = lambdaContext();
    await handler(event, context);
    expected.push([...told, context.awsRequestId]);
  };

  const wanted = { name: 'n', runtime: 'r', declaration: SEO_ALL };
  const { id, instance_id } = await over(provisionHandler, 'POST /workspaces', { body: wanted }, [
    ['created', 'operator'],
    ['instance_launched', 'operator'],
  ]);
  const token = await tokens.sign({ sub: id, gen: 1, ver: 1, kind: 'runtime' });
  const register = (boot_id: string, event: string) =>
    over(registerHandler, 'POST /registry/register', { token, body: { id, boot_id } }, [[event, 'runtime']]);
  await register('b1', 'register');
  await register('b2', 'new_boot');
  await job(reconcileHandler, { workspace_id: id }, ['plan_made', 'reconcile']);
  const beat = {
    workspace_id: id,
    error_rate: 1,
    active_tasks: 0,
    uptime_seconds: 1,
    plugins: [{ name: 'seo-all', version: '1.0.0' }],
  };
  await over(heartbeatHandler, 'POST /registry/heartbeat', { token, body: beat }, [
    ['beat_unhealthy', 'runtime'],
    ['plugin_installed', 'runtime'],
  ]);
  await job(reconcileHandler, { workspace_id: id }, ['reconciled', 'reconcile']);
  await register('b3', 'register');
  await sql(`UPDATE heartbeats SET lease_until = now() - interval '1 s' WHERE workspace_id = :id::uuid`, { id });
  await job(livenessHandler, {}, ['lease_expired', 'liveness']);
  await terminate(instance_id);
  const hint = {
    source: 'aws.ec2',
    'detail-type': 'EC2 Instance State-change Notification',
    detail: { 'instance-id': instance_id, state: 'terminated' },
  };
  await job(hintHandler, hint, ['instance_gone', 'hint']);

  const events = await sql(
    `SELECT event, actor, request_id, generation, instance_id FROM workspace_events
     WHERE workspace_id = :id::uuid ORDER BY id`,
    { id },
  );
  expect(events.map(({ event, actor, request_id }) => [event, actor, request_id])).toEqual(expected);
  const placed = events.filter(({ event }) => event !== 'created' && event !== 'plugin_installed');
  for (const event of placed) expect(event).toMatchObject({ generation: 1, instance_id });
});
