import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { httpEvent } from '../../support/events.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { register } from '../../support/runtime.ts';
import { repository } from '../../unit/toolchain/scratch-project.ts';
import type { Call } from './told.ts';

/** Every function there is, by its folder. */
export const FUNCTIONS = readdirSync(join(repository, 'functions'));

const SCHEDULED = { source: 'aws.events', 'detail-type': 'Scheduled Event' };
const BEAT = { error_rate: 0, active_tasks: 0, uptime_seconds: 60 };
const S3_PLUGIN = { name: 'seo-all', version: '1.0.0', source: 's3://artefacts/seo-all.tgz', sha256: 'a'.repeat(64) };

/** A token of our form that we did not sign. */
const forgedFrom = (token: string) => `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(43)}`;

const http = (name: string, route: string, options: Parameters<typeof httpEvent>[1] = {}): Call => ({
  name,
  event: httpEvent(route, options),
});

/**
 * Calls of every function, right and wrong: tokens that are good, forged and of another kind, where they belong and
 * where they do not; malformed documents; refusals. Answers the calls, and the tokens in them that give a right.
 */
export async function errorPaths() {
  const [online, waiting, paused, removed] = await Promise.all([
    makeWorkspace({ declaration: { plugins: [S3_PLUGIN] } }),
    makeWorkspace(),
    makeWorkspace({ status: 'paused' }),
    makeWorkspace({ status: 'removed' }),
  ]);
  const runtime = await online.token('runtime');
  const bootstrap = await waiting.token('bootstrap');
  await register(runtime, { id: online.id, boot_id: 'b1', plugins: [] });
  const refused = await Promise.all(
    [paused, removed].map(async (made) => ({ made, token: await made.token('runtime') })),
  );
  const forged = forgedFrom(runtime);
  const beat = (token: string, body: Record<string, unknown>) =>
    http('heartbeat', 'POST /registry/heartbeat', { token, body: { workspace_id: online.id, ...BEAT, ...body } });
  const ofId = (name: string, route: string, body?: unknown, id = online.id) => http(name, route, { id, body });

  const calls: Call[] = [
    http('register', 'POST /registry/register', { token: bootstrap, body: { id: waiting.id, boot_id: 'b1' } }),
    http('register', 'POST /registry/register', { token: forged, body: { id: online.id } }),
    http('register', 'POST /registry/register', { token: runtime, body: { id: waiting.id, url: runtime } }),
    http('register', 'POST /registry/register', { token: runtime, rawBody: `{"id": "${runtime}` }),
    http('register', 'POST /registry/register', { token: runtime, body: { id: runtime, plugins: runtime } }),
    ...refused.map(({ made, token }) => http('register', 'POST /registry/register', { token, body: { id: made.id } })),
    ...refused.map(({ made, token }) => beat(token, { workspace_id: made.id })),
    { name: 'reconcile', event: { workspace_id: online.id } },
    beat(runtime, { plugins: [] }),
    beat(runtime, { error_rate: 0.9, sample_error: `no answer to Bearer ${runtime}` }),
    beat(forged, {}),
    beat(bootstrap, {}),
    beat(runtime, { error_rate: runtime }),
    http('heartbeat', 'POST /registry/heartbeat', { token: runtime, rawBody: `${runtime}{` }),
    http('state', 'GET /workspaces/{id}/state', { id: online.id, token: forged }),
    http('state', 'GET /workspaces/{id}/state', { id: waiting.id, token: runtime }),
    http('state', 'GET /workspaces/{id}/state', { id: online.id, token: runtime }),
    http('provision', 'POST /workspaces', { body: { name: 'a', runtime: 'agent', external: true } }),
    http('provision', 'POST /workspaces', { body: { name: 'a', runtime: 'agent' } }),
    http('provision', 'POST /workspaces', { body: { name: 'a', runtime: 'agent', launch: { subnet_id: runtime } } }),
    http('provision', 'POST /workspaces', { rawBody: `{"token": "${runtime}"` }),
    ofId('workspaces', 'GET /workspaces/{id}', undefined, runtime),
    ofId('workspaces', 'GET /workspaces/{id}/events'),
    http('workspaces', 'GET /workspaces', { query: { status: runtime } }),
    ofId('declaration', 'PUT /workspaces/{id}/declaration', { plugins: [{ ...S3_PLUGIN, name: runtime }] }),
    ofId('declaration', 'PUT /workspaces/{id}/declaration', { plugins: [] }),
    ofId('commands', 'POST /workspaces/{id}/reissue-token', {}, paused.id),
    ofId('commands', 'POST /workspaces/{id}/restart', { note: runtime }),
    ofId('commands', 'POST /workspaces/{id}/pause', undefined, removed.id),
    http('ready', 'GET /ready', { token: runtime }),
    http('problems', 'GET /problems/{code}', { token: runtime, query: { code: runtime } }),
    http('not-found', '$default', { token: runtime, body: { token: runtime } }),
    { name: 'reconcile', event: { workspace_id: runtime } },
    { name: 'hint', event: { source: 'aws.ec2', detail: { 'instance-id': runtime } } },
    { name: 'sweep', event: { explain: runtime } },
    { name: 'orphans', event: { dry_run: runtime } },
    ...['reconcile', 'converge', 'liveness', 'sweep', 'archive'].map((name) => ({ name, event: SCHEDULED })),
    { name: 'orphans', event: { dry_run: true } },
    {
      name: 'hint',
      event: {
        source: 'aws.ec2',
        'detail-type': 'EC2 Instance State-change Notification',
        detail: { 'instance-id': online.instanceId },
      },
    },
  ];
  return { calls, tokens: [runtime, bootstrap, ...refused.map(({ token }) => token)] };
}
