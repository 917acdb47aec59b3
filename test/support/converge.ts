import { randomUUID } from 'node:crypto';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { createConverge } from '../../functions/converge/converge.ts';
import { handler as provisionHandler } from '../../functions/provision/index.ts';
import { createProvision } from '../../functions/provision/provision.ts';
import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { openLaunching } from '../../lib/adapters/ec2/open-launching.ts';
import { CONVERGE_POLICY } from '../../lib/domain/converge.ts';
import type { ConvergeRequester } from '../../lib/domain/operation.ts';
import { ec2, inquirer } from './ec2.ts';
import { httpEvent } from './events.ts';
import { LAUNCH_TEMPLATE_ID } from './provided.ts';
import { store, tokens } from './registry.ts';
import { call } from './runtime.ts';
import { sql } from './sql.ts';

export const settings = {
  registryUrl: 'http://127.0.0.1:1',
  launchTemplateId: LAUNCH_TEMPLATE_ID,
  subnetIds: [],
};

/** The fleet's launch rate has tests of its own. */
export const UNLIMITED = { launchesPerSecond: 1_000, launchBurst: 1_000 };

export const launchingAt = (rate: typeof UNLIMITED) =>
  openLaunching(createEc2Client(), { store, tokens, settings, rate });

export const launching = launchingAt(UNLIMITED);

/** Answers of EC2 need no time to settle here, and are asked for again at once. */
export const QUICK = { ...CONVERGE_POLICY, pollSeconds: 0, settleSeconds: 0 };

type Ports = Parameters<typeof createConverge>[0];

/** The real converge over the real parts, some of which a test may replace. */
export function convergeWith(over: Partial<Ports> = {}) {
  const requester: ConvergeRequester = { request: async () => undefined };
  const ports = { ...launching, store, ec2: inquirer, requester, policy: QUICK, pause: async () => undefined };
  return createConverge({ ...ports, ...over });
}

/** The real provision over the real parts, with some of the store's methods replaced. */
export function provisionWith(over: Partial<typeof store> = {}) {
  const itsStore = { ...store, ...over };
  const reports: string[] = [];
  const report = (message: string) => reports.push(message);
  const parts = openLaunching(createEc2Client(), { store: itsStore, tokens, settings, rate: UNLIMITED, report });
  const requester: ConvergeRequester = { request: async () => undefined };
  const provision = createProvision({ ...parts, store: itsStore, tokens, settings, converge: requester, report });
  return { ...parts, provision, reports };
}

/** Lets the time come for whatever a workspace owes; without an id for all. */
export const comeDue = (id: string | null = null) =>
  sql(
    `UPDATE workspaces SET ec2_lease_until = NULL, ec2_settles_at = '-infinity', previous_next_at = '-infinity',
       ec2_next_at = CASE WHEN ec2_op IS NOT NULL THEN clock_timestamp() - interval '1 second' END
     WHERE :id::uuid IS NULL OR id = :id::uuid`,
    { id },
  );

/** One run of converge for one workspace (or all), its time come. */
export async function converge(id: string | null, over: Partial<Ports> = {}) {
  await comeDue(id);
  return convergeWith(over)({ workspaceId: id, requestId: randomUUID(), timeLeftMs: () => 50_000 });
}

/** What the operator gets for POST /workspaces. */
export const create = (body: Record<string, unknown> = {}) =>
  call(provisionHandler, httpEvent('POST /workspaces', { body: { name: 'test', runtime: 'agent', ...body } }));

/** A workspace with a real instance of the local EC2 server, made as operators make it. */
export async function createLaunched(body: Record<string, unknown> = {}) {
  const answer = await create(body);
  if (answer.status !== 201 || answer.body.instance_id === null) throw new Error(JSON.stringify(answer));
  const { id, instance_id: instanceId }: { id: string; instance_id: string } = answer.body;
  return {
    id,
    instanceId,
    token: (gen: number, kind: 'bootstrap' | 'runtime' = 'runtime', ver = 1) =>
      tokens.sign({ sub: id, gen, ver, kind }),
  };
}

/** A workspace's instances as EC2 shows them, in the order of their launch; terminated ones only with `dead`. */
export async function instancesOf(workspaceId: string, { dead = false } = {}) {
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: 'tag:muster:workspace', Values: [workspaceId] }] }),
  );
  return Reservations.flatMap(({ Instances = [] }) => Instances)
    .map(({ InstanceId: id = '', State, Tags = [] }) => ({
      id,
      state: State?.Name ?? '',
      generation: Number(Tags.find(({ Key }) => Key === 'muster:generation')?.Value),
    }))
    .filter(({ state }) => dead || (state !== 'terminated' && state !== 'shutting-down'));
}

/** What of a row converge works on. */
export async function owedOf(id: string) {
  const [row] = await sql(
    `SELECT w.status::text, w.generation, w.instance_id, w.previous_instance_id, w.ec2_op::text AS op,
       w.ec2_op_asked_at IS NOT NULL AS asked, w.ec2_attempts AS attempts, w.ec2_lease_until > now() AS leased,
       w.stopped_by, w.boot_asked_at IS NOT NULL AS booting, h.generation AS beats_generation, h.token_version,
       h.bootstrap_open, extract(epoch FROM w.ec2_next_at - clock_timestamp())::double precision AS due_in
     FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id WHERE w.id = :id::uuid`,
    { id },
  );
  return row;
}
