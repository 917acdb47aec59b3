import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../../infra/local/host/serverless-process.ts';
import { createRunFolder } from '../../../infra/local/postgres/run-folder.ts';
import type { Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { type Figure, rounded } from '../figures.ts';
import { type Bundle, bundleBare, bundleFunction } from './build.ts';
import { firstAnswers } from './starts.ts';

/** How much larger the functions are than bare handlers with the same SDK clients, and how much later they first answer. */
export async function bundles(lifetime: Lifetime): Promise<Figure[]> {
  const folder = await createRunFolder();
  lifetime.parts.defer(() => rm(folder, { recursive: true, force: true }));
  const pairs = new Map<string, { ours: Bundle; bare: Bundle }>();
  for (const name of await readdir(join(checkout, 'functions'))) {
    const ours = await bundleFunction(name, folder);
    // Those without a client have nothing to be held against.
    if (ours.sdk.length > 0) pairs.set(name, { ours, bare: await bundleBare(ours, folder) });
  }
  const sizes = [...pairs].map(([name, { ours, bare }]) => ({
    name: `${name}: bundle of ${Math.round(ours.bytes / 1_000)} kB against a bare handler of ${Math.round(bare.bytes / 1_000)} kB`,
    value: rounded(ours.bytes / bare.bytes, 2),
    unit: '×',
    budget: '≤ 1.2',
  }));
  return [...sizes, ...(await firstAnswers(lifetime, folder, pairs))];
}
