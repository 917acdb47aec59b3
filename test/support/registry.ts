import { randomUUID } from 'node:crypto';
import { createHandOver } from '../../functions/heartbeat/hand-over.ts';
import { createJwtTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { signingKeysFrom } from '../../lib/adapters/tokens/signing-keys.ts';
import type { Declaration } from '../../lib/domain/declaration/document.ts';
import type { Status } from '../../lib/domain/status.ts';
import type { NewWorkspace } from '../../lib/domain/workspace.ts';
import { database } from './database.ts';
import { LAUNCH_TEMPLATE_ID, TOKEN_SECRET_ID } from './provided.ts';
import { sql } from './sql.ts';
import { createStore } from './store.ts';

/** The real store over the Data API, in this file's database. */
export const store = createStore(database);
export const tokens = createJwtTokens(signingKeysFrom(TOKEN_SECRET_ID));

/** Hands plans over with the very sources that are declared. */
export const handOver = createHandOver({
  store,
  links: { linkTo: async (source) => source },
  unsigned: (error) => {
    throw error;
  },
});

export const SEO_ALL = {
  plugins: [{ name: 'seo-all', version: '1.0.0', source: 'http://127.0.0.1:9/seo-all.tgz', sha256: 'a'.repeat(64) }],
} as const satisfies Declaration;

let instances = 0;

/** An instance id that no other test of this run uses. */
export function newInstanceId(): string {
  instances += 1;
  return `i-${process.pid.toString(16).padStart(8, '0')}${instances.toString(16).padStart(9, '0')}`;
}

export type Made = {
  readonly id: string;
  readonly instanceId: string;
  /** A token of generation 1; `version` for one that was raised. */
  token(kind: 'bootstrap' | 'runtime', version?: number): Promise<string>;
};

/** A workspace of generation 1 that has an instance, brought to `status` by the events of the status table. */
export async function makeWorkspace(options: Partial<NewWorkspace> & { status?: Status } = {}): Promise<Made> {
  const { status = 'provisioning', ...overrides } = options;
  const id = overrides.id ?? randomUUID();
  const instanceId = newInstanceId();
  await store.createWorkspace({
    id,
    name: 'test',
    runtime: 'agent',
    launch: { launch_template_id: LAUNCH_TEMPLATE_ID },
    labels: {},
    restartPolicy: 'on_instance_loss',
    bootTimeoutSeconds: 600,
    idleMinutes: null,
    declaration: null,
    actor: 'test',
    requestId: 'test',
    lease: randomUUID(),
    leaseSeconds: 30,
    ...overrides,
  });
  await store.finaliseLaunch({
    workspaceId: id,
    generation: 1,
    instance: { instanceId, zone: 'us-east-1a', stoppable: true },
    actor: 'test',
    requestId: 'test',
  });
  if (status !== 'provisioning') await bring(id, status);
  return { id, instanceId, token: (kind, ver = 1) => tokens.sign({ sub: id, gen: 1, ver, kind }) };
}

const WAYS = {
  provisioning: [],
  online: ['register'],
  degraded: ['beat_unhealthy'],
  offline: ['instance_gone'],
  paused: ['pause'],
  hibernated: ['register', 'hibernate'],
  failed: ['launch_failed'],
  removed: ['remove'],
} as const satisfies Record<Status, readonly string[]>;

/** Moves a provisioning workspace to a status, each step with its cause. */
async function bring(id: string, status: Status): Promise<void> {
  for (const event of WAYS[status]) await transition(id, event, event === 'register' ? 'online' : status);
}

/** One status change by hand, with its cause. */
export async function transition(id: string, event: string, to: Status, owes: string | null = null): Promise<void> {
  await sql(
    `UPDATE workspaces SET status = :to::workspace_status, cause = jsonb_build_object(
       'event', :event::text, 'reason', 'test', 'actor', 'test', 'owes', :owes::text) WHERE id = :id::uuid`,
    { id, event, to, owes },
  );
}

/** What a test most often wants to know of a workspace's row. */
export async function rowOf(id: string) {
  const [row] = await sql(
    `SELECT w.status::text, w.status_reason, w.status_since::text, w.instance_id, w.generation, w.ec2_op::text,
       w.reconcile_wanted, w.reconcile_done, w.stopped_by, h.token_version, h.boot_id, h.last_heartbeat_at::text,
       h.bootstrap_open
     FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id WHERE w.id = :id::uuid`,
    { id },
  );
  return row;
}

/** A workspace's events, oldest first. */
export async function eventsOf(id: string) {
  return sql(
    `SELECT event, from_status::text, to_status::text, reason, evidence::text, actor, owes::text
     FROM workspace_events WHERE workspace_id = :id::uuid ORDER BY id`,
    { id },
  );
}
