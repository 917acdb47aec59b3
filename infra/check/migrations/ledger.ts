import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, findingsOf } from '../finding.ts';

const found = findingsOf('migration');

/** Lines `<sha256>  <file>`, as sha256sum writes and checks them. */
const LEDGER = 'ledger.sha256';

/** Digests by the names of the files. */
type Digests = ReadonlyMap<string, string>;

/**
 * An applied migration is never changed: every database that has it would refuse the next run. `ledger` has the files
 * as they were when they landed.
 */
export function migrationFindings(ledger: Digests, files: Digests): Finding[] {
  const landed = [...ledger].flatMap(([name, digest]) => {
    const now = files.get(name);
    if (now === digest) return [];
    if (now === undefined) return [found(name, 'is gone: what databases have applied stays')];
    return [
      found(
        name,
        `was edited since it landed (sha256 ${now.slice(0, 16)}, not ${digest.slice(0, 16)}): write a new one`,
      ),
    ];
  });
  const last = [...ledger.keys()].sort().at(-1) ?? '';
  const others = [...files.keys()].filter((name) => !ledger.has(name));
  return [
    ...landed,
    ...others.map((name) =>
      name > last
        ? found(name, 'is not in the ledger: npm run check:template -- --add-migrations writes it there')
        : found(name, `comes before ${last}, which has landed: number it after that`),
    ),
  ];
}

/** The migrations of a folder by their digests. */
export async function digestsOf(folder: string): Promise<Digests> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return new Map(
    await Promise.all(
      names.map(async (name) => {
        const digest = createHash('sha256').update(await readFile(join(folder, name)));
        return [name, digest.digest('hex')] as const;
      }),
    ),
  );
}

export async function readLedger(folder: string): Promise<Digests> {
  const lines = (await readFile(join(folder, LEDGER), 'utf8')).split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [digest = '', name = ''] = line.split('  ');
      return [name, digest] as const;
    }),
  );
}

/** Adds the migrations that the ledger lacks, and touches no other line: an edited migration stays a finding. */
export async function addToLedger(folder: string): Promise<string[]> {
  const [ledger, files] = await Promise.all([readLedger(folder), digestsOf(folder)]);
  const added = [...files].filter(([name]) => !ledger.has(name));
  const lines = [...ledger, ...added].map(([name, digest]) => `${digest}  ${name}\n`);
  await writeFile(join(folder, LEDGER), lines.join(''));
  return added.map(([name]) => name);
}
