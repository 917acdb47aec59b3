/**
 * What installing costs the reference agent in memory: an artefact of 5 MB and one of 500 MB, each by an agent process
 * of its own, from the download over the checksum to the unpacked file. The peak must not grow with the artefact.
 *
 *     node test/bench/agent-memory.ts          needs Linux (it reads /proc) and 1.5 GB of disk
 *     node test/bench/agent-memory.ts 5 50     other sizes, in MB
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAgent } from '../../infra/agent/bundle.ts';
import { measureInstall } from '../contract/agent/peak-memory.ts';

const [small = 5, large = 500] = process.argv.slice(2).map(Number);

const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
try {
  const bundle = await bundleAgent(join(folder, 'agent.cjs'));
  const peaks: number[] = [];
  for (const megabytes of [small, large]) {
    const { peakBytes, seconds } = await measureInstall(bundle, megabytes);
    peaks.push(peakBytes);
    const peak = (peakBytes / 1e6).toFixed(1);
    console.log(
      `artefact of ${megabytes} MB: peak RSS of the agent ${peak} MB, installed after ${seconds.toFixed(1)} s`,
    );
  }
  const [before = 0, after = 0] = peaks;
  console.log(`ratio: ${(after / before).toFixed(2)} for an artefact ${large / small} times as large`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
