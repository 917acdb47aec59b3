import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunInstancesCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { LaunchTemplate } from '../../../infra/local/ec2/launch-templates/launch-template.ts';
import { eventually, quick, startTestEc2 } from './start.ts';

const bootLine = z.object({
  pid: z.int(),
  endpoint: z.string(),
  instanceId: z.string(),
  userData: z.string(),
  zone: z.string(),
  tags: z.string(),
  environment: z.array(z.string()),
  extra: z.string().nullable(),
  workingFolder: z.string(),
});
export type BootLine = z.output<typeof bootLine>;

export const standIn = fileURLToPath(new URL('./stand-in.ts', import.meta.url));

type BootingOptions = {
  args?: readonly string[];
  command?: string;
  graceMs?: number;
  launchTemplates?: Readonly<Record<string, LaunchTemplate>>;
};

/** A server whose instances are stand-in processes, with their disks in a folder that goes with the test. */
export async function startBootingEc2(options: BootingOptions = {}) {
  const { args = [], command = process.execPath, graceMs = 150, launchTemplates = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), 'muster-ec2-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const boot = {
    kind: 'process',
    command,
    args: [standIn, ...args],
    folder,
    env: { EXTRA: 'from the caller' },
  } as const;
  const timings = { ...quick, stoppingMs: graceMs, shuttingDownMs: graceMs };
  const started = await startTestEc2({ boot, timings, launchTemplates });

  const run = async (input: Partial<RunInstancesCommandInput> = {}): Promise<string> => {
    const image = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };
    const answer = await started.ec2.send(new RunInstancesCommand({ ...image, ...input }));
    return answer.Instances?.[0]?.InstanceId ?? '';
  };
  const disk = (id: string) => join(folder, id);
  const booted = (id: string, count = 1) => bootOf(disk(id), count);
  return { ...started, folder, run, disk, booted };
}

/** What the instance with this disk noted at its n-th boot; waits for it. */
export function bootOf(disk: string, count = 1): Promise<BootLine> {
  return eventually(async () => {
    const lines = (await readFile(join(disk, 'boots.jsonl'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(count);
    return bootLine.parse(JSON.parse(lines.at(-1) ?? ''));
  });
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The processes whose disk is in this folder; read from /proc, so only Linux can tell. */
export async function processesIn(folder: string): Promise<string[]> {
  const pids = existsSync('/proc/self') ? (await readdir('/proc')).filter((name) => /^\d+$/.test(name)) : [];
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return folders.filter((cwd) => cwd.startsWith(folder));
}
