import { describe, expect, it } from 'vitest';
import { type Made, makeWorkspace, rowOf, store } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

type Voice = readonly [name: string, say: (made: Made) => Promise<{ status: number | undefined }>];

const PLUGINS = [{ name: 'late', version: '1' }];

/** Everything that a voice could change: a task, a boot, plugins, what it says of itself. */
const VOICES: readonly Voice[] = [
  [
    'heartbeat',
    async (made) =>
      heartbeat(await made.token('runtime'), made.id, {
        active_tasks: 3,
        error_rate: 0.9,
        plugins: PLUGINS,
        runtime_metadata: { capabilities: ['late'] },
      }),
  ],
  [
    'register with a runtime token',
    async (made) =>
      register(await made.token('runtime'), { id: made.id, boot_id: 'late', plugins: PLUGINS, agent_version: '9' }),
  ],
  [
    'register with a bootstrap token',
    async (made) => register(await made.token('bootstrap'), { id: made.id, boot_id: 'late', url: 'http://late' }),
  ],
];

/** All that is known of a workspace: whole rows, and how much of the rest there is. */
const everything = (id: string) =>
  sql(
    `SELECT to_jsonb(w)::text AS workspace, to_jsonb(h)::text AS beats,
       (SELECT count(*)::integer FROM workspace_events e WHERE e.workspace_id = w.id) AS events,
       (SELECT count(*)::integer FROM installed_plugins p WHERE p.workspace_id = w.id) AS plugins
     FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id WHERE w.id = :id::uuid`,
    { id },
  );

const expectNothingOf = async (voice: Voice[1], made: Made, status: number) => {
  const before = await everything(made.id);
  expect(before).toHaveLength(1);
  expect((await voice(made)).status).toBe(status);
  expect(await everything(made.id)).toEqual(before);
};

/** The next generation, whose tokens count from version 1 again. */
const nextGeneration = (id: string) =>
  sql(
    `WITH beats AS (
       UPDATE heartbeats SET generation = generation + 1, token_version = 1, boot_id = NULL, bootstrap_open = true
       WHERE workspace_id = :id::uuid RETURNING workspace_id)
     UPDATE workspaces w SET generation = w.generation + 1, ec2_op = 'launch', ec2_op_asked_at = clock_timestamp(),
       instance_id = NULL FROM beats b WHERE w.id = b.workspace_id`,
    { id },
  );

describe.each(VOICES)('a late %s', (_, say) => {
  it.each(['provisioning', 'online', 'degraded', 'offline', 'failed', 'paused', 'removed'] as const)(
    'of an older generation, when the workspace is %s: 401, nothing written',
    async (status) => {
      const made = await makeWorkspace({ status });
      await nextGeneration(made.id);
      await expectNothingOf(say, made, 401);
    },
  );

  it.each([
    ['paused', 409],
    ['hibernated', 409],
    ['removed', 410],
  ] as const)('from a workspace that is %s: %i, nothing written', async (status, http) => {
    await expectNothingOf(say, await makeWorkspace({ status }), http);
  });

  it('from a box that is shutting down: 401, nothing written', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const [asked] = await sql('SELECT clock_timestamp()::text AS at');
    const of = { workspace_id: made.id, instance_id: made.instanceId, generation: 1 };
    const row = { ...of, asked_at: String(asked?.['at']), reason: 'shutting-down' };
    await store.flipInstances({
      rows: [{ ...row, event: 'instance_gone', evidence: {}, terminated: false, stopped_by_user: false }],
      fence: null,
      actor: 'test',
      requestId: 'r',
    });
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: 'launch' });
    await expectNothingOf(say, made, 401);
  });
});
