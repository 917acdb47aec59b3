import { randomUUID } from 'node:crypto';
import { createHint } from '../../../functions/hint/hint.ts';
import { handler } from '../../../functions/hint/index.ts';
import type { HintPorts } from '../../../functions/hint/ports.ts';
import type { Hint } from '../../../lib/domain/hint.ts';
import type { Status } from '../../../lib/domain/status.ts';
import type { NewWorkspace } from '../../../lib/domain/workspace.ts';
import { inquirer, plantInstance, plantInstances, type Seed } from '../../support/ec2.ts';
import { lambdaContext } from '../../support/events.ts';
import { makeWorkspace, store } from '../../support/registry.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';

const envelope = {
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  source: 'aws.ec2',
  account: '123456789012',
  region: 'us-east-1',
} as const;

const secondsAgo = (seconds: number) => `${new Date(Date.now() - seconds * 1_000).toISOString().slice(0, 19)}Z`;

/** What EventBridge sends; `ago`: so many seconds after EC2 had told it. */
export const stateChange = (instanceId: string, state = 'terminated') => ({
  ...envelope,
  time: secondsAgo(0),
  'detail-type': 'EC2 Instance State-change Notification',
  detail: { 'instance-id': instanceId, state },
});

export const spotWarning = (instanceId: string, action = 'terminate', ago = 0) => ({
  ...envelope,
  time: secondsAgo(ago),
  'detail-type': 'EC2 Spot Instance Interruption Warning',
  detail: { 'instance-id': instanceId, 'instance-action': action },
});

export const rebalance = (instanceId: string) => ({
  ...envelope,
  time: secondsAgo(0),
  'detail-type': 'EC2 Instance Rebalance Recommendation',
  detail: { 'instance-id': instanceId },
});

export const send = (event: unknown) => handler(event, lambdaContext());

/** One hint over the real store and the real EC2 server, some parts of which a test may replace. */
export function hintWith(over: Partial<HintPorts> = {}) {
  const hint = createHint({
    store,
    ec2: inquirer,
    converge: { request: async () => undefined },
    pollSeconds: 10,
    gatherMs: 0,
    pause: async () => undefined,
    ...over,
  });
  return (of: Hint | string, timeLeftMs = () => 30_000) =>
    hint({ hint: typeof of === 'string' ? { instanceId: of, warned: null } : of, requestId: randomUUID(), timeLeftMs });
}

/** EC2's warning that it is about to terminate, as a hint. */
export const doomedHint = (instanceId: string): Hint => ({
  instanceId,
  warned: { of: 'spot-terminate', at: secondsAgo(0) },
});

/** The instances that are noted and not answered. */
export const noted = async () =>
  (await sql('SELECT instance_id FROM hints ORDER BY hinted_at')).map(({ instance_id }) => instance_id);

/** Whoever holds the answering, or rests from it, is done with it. */
export const endHold = () => sql(`UPDATE hint_answerer SET held_until = '-infinity'`);

/** What earlier tests left is not this one's. */
export async function forgetHints(): Promise<void> {
  await sql('DELETE FROM hints');
  await endHold();
}

const registryId = async () => String((await sql('SELECT id::text FROM registry_identity'))[0]?.['id']);

/** A workspace in `status` with an instance of the local EC2 server that bears our tag. */
export async function withPlanted(
  { status = 'online', ...options }: Partial<NewWorkspace> & { status?: Status } = {},
  seed: Seed = {},
) {
  const made = await makeWorkspace({ status, ...options });
  const instanceId = await plantInstance({ tags: { 'muster:registry': await registryId() }, ...seed });
  await sql('UPDATE workspaces SET instance_id = :instance::text WHERE id = :id::uuid', {
    id: made.id,
    instance: instanceId,
  });
  return { ...made, instanceId };
}

export const SPOT = { market: 'spot-one-time' } as const satisfies Seed;

/** So many online workspaces at once, spread over three zones; answers their instances. */
export async function plantFleet(count: number, seed: Seed): Promise<string[]> {
  const instances = await plantInstances({ tags: { 'muster:registry': await registryId() }, ...seed, count });
  await sql(
    `WITH made AS (
       INSERT INTO workspaces (id, name, runtime, created_by, launch, instance_id, availability_zone)
       SELECT gen_random_uuid(), 'fleet', 'r', '{"actor": "test"}', '{"launch_template_id": "lt-0"}', value,
         'us-east-1' || substr('abc', 1 + (at % 3)::integer, 1)
       FROM jsonb_array_elements_text(:instances::jsonb) WITH ORDINALITY AS i (value, at)
       RETURNING id
     ) SELECT count(*) FROM made`,
    { instances: JSON.stringify(instances) },
  );
  await sql(
    `UPDATE workspaces SET status = 'online', cause = '{"event": "register", "reason": "test", "actor": "test"}'
     WHERE status = 'provisioning' AND instance_id IN (SELECT jsonb_array_elements_text(:instances::jsonb))`,
    { instances: JSON.stringify(instances) },
  );
  return instances;
}

/** How many of these workspaces' rows, known by the instance in their history, have each status. */
export async function statusesOf(instances: readonly string[]): Promise<Record<string, number>> {
  const rows = await sql(
    `SELECT w.status::text, count(*)::integer AS n FROM workspaces w
     JOIN workspace_events e ON e.workspace_id = w.id AND e.event = 'created'
     WHERE e.instance_id IN (SELECT jsonb_array_elements_text(:instances::jsonb))
     GROUP BY w.status`,
    { instances: JSON.stringify(instances) },
  );
  return Object.fromEntries(rows.map(({ status, n }) => [String(status), Number(n)]));
}

/** What converge was asked for so far. */
export const requested = () =>
  shared.now.lambda.invocations
    .filter(({ functionName }) => functionName.endsWith('converge'))
    .map(({ payload }) => payload);
