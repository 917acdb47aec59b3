import { randomUUID } from 'node:crypto';
import { beforeEach } from 'vitest';
import { createOrphans } from '../../../functions/orphans/orphans.ts';
import { createEc2Client } from '../../../lib/adapters/ec2/client.ts';
import { createInstanceLister } from '../../../lib/adapters/ec2/list-instances.ts';
import { createOperator } from '../../../lib/adapters/ec2/operate-instances.ts';
import type { InstanceOperator } from '../../../lib/domain/operation.ts';
import type { InstanceLister } from '../../../lib/domain/orphan-listing.ts';
import type { OrphanStore } from '../../../lib/domain/orphan-store.ts';
import { inquirer, plantInstance, type Seed } from '../../support/ec2.ts';
import { makeWorkspace, store, tokens } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

const client = createEc2Client();
const operator = createOperator(client);
const lister = createInstanceLister(client);

type Options = {
  readonly run?: string;
  readonly dryRun?: boolean;
  readonly over?: Partial<OrphanStore>;
  readonly operate?: InstanceOperator['operate'];
  readonly listRegistered?: InstanceLister['listRegistered'];
  readonly timeLeftMs?: () => number;
};

/** One run of the orphan sweep over the local EC2 server, and what it counted. */
export async function runOrphans({ run = randomUUID(), dryRun = false, over = {}, ...ports }: Options = {}) {
  const counted: Record<string, number> = {};
  const orphans = createOrphans({
    store: { ...store, ...over },
    lister: { listRegistered: ports.listRegistered ?? lister.listRegistered },
    operator: { operate: ports.operate ?? operator.operate },
    count: (counter, value = 1) => {
      counted[counter] = (counted[counter] ?? 0) + value;
    },
  });
  const { timeLeftMs = () => 30_000 } = ports;
  return { ...(await orphans({ run, dryRun, requestId: 'run', timeLeftMs })), counted };
}

/** Two runs: what both saw is acted upon by the second, whose answer this is. */
export async function runTwice(options: Options = {}) {
  await runOrphans(options);
  return runOrphans(options);
}

let registryId = '';

/** Each test has a registry of its own, so that the instances of those before it are not its. */
export function useOwnRegistry(): void {
  beforeEach(async () => {
    registryId = await becomeRegistry(randomUUID());
    await sql('DELETE FROM orphan_sightings');
  });
}

/** Makes this database the registry of that id. */
export async function becomeRegistry(id: string): Promise<string> {
  await sql('UPDATE registry_identity SET id = :id::uuid', { id });
  return id;
}

type Tags = { readonly workspace?: string; readonly generation?: number | string; readonly registry?: string };

/** Puts an instance with these tags into EC2; our registry's, unless another is named. */
export function plantTagged({ workspace, generation, registry = registryId }: Tags, seed: Seed = {}): Promise<string> {
  const tags = {
    'muster:registry': registry,
    ...(workspace === undefined ? {} : { 'muster:workspace': workspace }),
    ...(generation === undefined ? {} : { 'muster:generation': String(generation) }),
  };
  return plantInstance({ zone: 'us-east-1a', ...seed, tags });
}

/** Puts healthy instances of workspaces there, which no run has anything to do about. */
export async function plantOwn(count = 1): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const made = await makeWorkspace({ status: 'online' });
    await changeRow(made.id, { instance_id: await plantTagged({ workspace: made.id, generation: 1 }) });
  }
}

const COLUMNS = {
  instance_id: 'text',
  previous_instance_id: 'text',
  generation: 'integer',
  ec2_op: 'ec2_operation',
  ec2_op_asked_at: 'timestamptz',
  ec2_lease_until: 'timestamptz',
  boot_asked_at: 'timestamptz',
  restart_policy: 'restart_policy',
} as const;

type Change = { readonly [Column in keyof typeof COLUMNS]?: string | number | null };

/** Changes a workspace's row by hand, and its generation in both tables. */
export async function changeRow(id: string, change: Change): Promise<void> {
  for (const [column, type] of Object.entries(COLUMNS)) {
    if (!(column in change)) continue;
    const value = Object.entries(change).find(([name]) => name === column)?.[1] ?? null;
    await sql(`UPDATE workspaces SET ${column} = :value::${type} WHERE id = :id::uuid`, { id, value });
    if (column === 'generation') {
      await sql('UPDATE heartbeats SET generation = :value::integer WHERE workspace_id = :id::uuid', { id, value });
    }
  }
}

/** A workspace whose row has lost its instance, and an instance of that generation. */
export async function withUnrecorded(options: Parameters<typeof makeWorkspace>[0] = {}, seed: Seed = {}) {
  const made = await makeWorkspace(options);
  await changeRow(made.id, { instance_id: null });
  return { ...made, orphan: await plantTagged({ workspace: made.id, generation: 1 }, seed) };
}

/** A workspace of generation 2 with a healthy instance, and an instance of generation 1 that nobody knows. */
export async function withOlder(seed: Seed = {}) {
  const made = await makeWorkspace({ status: 'online' });
  await changeRow(made.id, { generation: 2 });
  await changeRow(made.id, { instance_id: await plantTagged({ workspace: made.id, generation: 2 }) });
  return { ...made, orphan: await plantTagged({ workspace: made.id, generation: 1 }, seed) };
}

export const withOlders = (count: number) => Promise.all(Array.from({ length: count }, () => withOlder()));

/** A token of any generation. */
export const tokenOf = (id: string, gen: number, ver = 1) => tokens.sign({ sub: id, gen, ver, kind: 'runtime' });

/** EC2's name for how an instance stands; undefined once it is forgotten. */
export async function stateOf(instanceId: string): Promise<string | undefined> {
  const inquiry = (await inquirer.inquire([instanceId])).get(instanceId);
  return inquiry?.kind === 'named' ? inquiry.observation.state : undefined;
}

/** A workspace's events of one kind, their evidence read. */
export async function toldOf(id: string, kind: string) {
  const events = await sql(
    `SELECT from_status::text, to_status::text, reason, evidence::text, actor, request_id, generation, instance_id
     FROM workspace_events WHERE workspace_id = :id::uuid AND event = :kind::text ORDER BY id`,
    { id, kind },
  );
  return events.map(
    (event): Readonly<Record<string, unknown>> => ({ ...event, evidence: JSON.parse(String(event['evidence'])) }),
  );
}

export const sightings = () =>
  sql(
    'SELECT instance_id, action, sightings, asked_at IS NOT NULL AS asked FROM orphan_sightings ORDER BY instance_id',
  );
