import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAgent } from '../../infra/agent/bundle.ts';
import type { Lifetime } from '../../infra/local/stack/lifetime.ts';
import { measureInstall } from '../contract/agent/peak-memory.ts';
import { type Figure, rounded } from './figures.ts';

const SMALL_MB = 5;
const LARGE_MB = 500;

/**
 * What installing costs the reference agent in memory: a small artefact and a large one, each by an agent process of its
 * own, from the download over the checksum to the unpacked file. Needs Linux (it reads /proc) and 1.5 GB of disk.
 */
export async function agentMemory({ parts }: Lifetime): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const bundle = await bundleAgent(join(folder, 'agent.cjs'));
  const small = await measureInstall(bundle, SMALL_MB);
  const large = await measureInstall(bundle, LARGE_MB);
  const megabytes = (bytes: number) => rounded(bytes / 1e6, 1);
  return [
    { name: `peak memory, artefact of ${SMALL_MB} MB`, value: megabytes(small.peakBytes), unit: 'MB' },
    { name: `peak memory, artefact of ${LARGE_MB} MB`, value: megabytes(large.peakBytes), unit: 'MB' },
    {
      name: `peak memory, ${LARGE_MB} MB against ${SMALL_MB} MB`,
      value: rounded(large.peakBytes / small.peakBytes, 2),
      unit: 'ratio',
      budget: 'flat: far below the 100 times of the artefact',
    },
    { name: `artefact of ${LARGE_MB} MB: installed after`, value: rounded(large.seconds, 1), unit: 's' },
  ];
}
