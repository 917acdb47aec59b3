import { tmpdir } from 'node:os';
import { run } from '../../../infra/cli/run.ts';
import type { Surroundings } from '../../../infra/cli/surroundings.ts';

export const id = '019a0000-0000-7000-8000-000000000001';

/** A workspace as the registry shows it. */
export const workspace = {
  id,
  name: 'shop',
  runtime: 'agent',
  status: 'online',
  status_since: '2026-11-21T12:00:00Z',
  status_reason: 'register',
  generation: 2,
  instance_id: 'i-0123456789abcdef0',
  availability_zone: 'us-east-1a',
  owed_operation: null,
  restart_policy: 'on_instance_loss',
  labels: { team: 'a', tier: 'gold' },
  url: null,
  agent_version: '1.2.3',
  last_heartbeat_at: null,
  lease_until: null,
  error_rate: 0.25,
  active_tasks: 3,
  reconcile_owed: false,
  plugins: [
    {
      name: 'seo-all',
      declared_version: '2.0.0',
      installed_version: '1.0.0',
      failed_version: '2.0.0',
      failed_reason: 'sha256_mismatch',
    },
  ],
  created_at: '2026-11-21T11:00:00Z',
};

export const eventOf = (number: number, more: object = {}) => ({
  id: number,
  event: 'register',
  at: '2026-11-21T12:00:00.000Z',
  from_status: 'provisioning',
  to_status: 'online',
  reason: 'register',
  evidence: { boot_id: `b${number}` },
  owes: null,
  actor: 'runtime',
  request_id: 'r1',
  generation: 2,
  instance_id: null,
  ...more,
});

/** How a command ended, and the lines that it wrote. */
export type Ended = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Runs a command line in this process. */
export async function muster(args: readonly string[], surroundings: Partial<Surroundings> = {}): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await run(args, {
    env: {},
    folder: tmpdir(),
    fetch,
    newestStack: async () => undefined,
    print: (text) => out.push(text),
    warn: (text) => err.push(text),
    width: Number.POSITIVE_INFINITY,
    interrupted: () => new AbortController().signal,
    ...surroundings,
  });
  return { exitCode, stdout: out.join('\n'), stderr: err.join('\n') };
}
