import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryEvent } from '../registry/records.ts';
import type { Sight } from './agreement.ts';

/** Keeps what there is to look through after a storm: rows, instances and events, a line each. */
export async function keepEvidence(
  folder: string,
  { rows, instances }: Sight,
  events: readonly RegistryEvent[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, lines] of Object.entries({ rows, instances, events })) {
    await writeFile(join(folder, `${name}.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

/** Keeps what the functions' hosts wrote, the killed ones' too. */
export async function keepLogs(folder: string, runFolder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const host of ['.', 'host-2', 'host-3']) {
    const to = join(folder, host === '.' ? 'host-1.log' : `${host}.log`);
    await cp(join(runFolder, host, 'host.log'), to).catch(() => undefined);
  }
}
