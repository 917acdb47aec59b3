import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { InstalledPlugin } from '../../../lib/domain/plugins.ts';
import type { Registry } from './registry.ts';

const PLUGIN = {
  name: 'seo-all',
  version: '1.0.0',
  source: 'https://artefacts.example/seo-all.tgz',
  sha256: 'a'.repeat(64),
} as const;

/** Makes a workspace that is declared to have one plugin, and whose instance is launched. */
export async function create({ store }: Registry): Promise<string> {
  const id = randomUUID();
  const by = { actor: 'bench', requestId: 'bench' };
  await store.createWorkspace({
    ...by,
    id,
    name: 'bench',
    runtime: 'agent',
    launch: { launch_template_id: 'lt-00000000000000001' },
    labels: {},
    restartPolicy: 'on_instance_loss',
    bootTimeoutSeconds: 600,
    idleMinutes: null,
    declaration: { plugins: [PLUGIN] },
    lease: randomUUID(),
    leaseSeconds: 30,
  });
  const instance = { instanceId: `i-${id.replaceAll('-', '').slice(0, 17)}`, zone: 'us-east-1a', stoppable: true };
  await store.finaliseLaunch({ ...by, workspaceId: id, generation: 1, instance });
  return id;
}

/**
 * Lives as a runtime that installs in no time: registers, beats at the pace that it is told, does what its plan says, and
 * reports it at once, until nothing is asked of it any more.
 * @returns seconds from its register to the answer to the beat that reports the plugin; undefined if that never came
 */
export async function live(registry: Registry, id: string, beats: number): Promise<number | undefined> {
  const { tokens, register, heartbeat } = registry;
  const bootstrap = await tokens.sign({ sub: id, gen: 1, ver: 1, kind: 'bootstrap' });
  const began = performance.now();
  const registered = await register(randomUUID(), bootstrap, () => ({ id, boot_id: randomUUID(), plugins: [] }));
  let installed: InstalledPlugin[] = [];
  let pace = registered.next_heartbeat_in_s;
  let took: number | undefined;
  for (let beat = 0; beat < beats && pace < 10; beat += 1) {
    await delay(pace * 1_000);
    let answer = await report();
    if (installed.length === 0 && answer.plan !== undefined) {
      const { name, version, sha256 } = PLUGIN;
      installed = [{ name, version, sha256, config_digest: undefined }];
      answer = await report();
      took = (performance.now() - began) / 1_000;
    }
    pace = answer.next_heartbeat_in_s;
  }
  return took;

  async function report() {
    const uptime_seconds = Math.floor((performance.now() - began) / 1_000);
    return await heartbeat(randomUUID(), registered.auth_token, () => ({
      ...{ workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds, runtime_state: '' as const },
      plugins: installed,
    }));
  }
}
