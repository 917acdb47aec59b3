import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Finding, lineOf } from './finding.ts';
import { handlerFindings } from './handlers/handlers.ts';
import { handlerLoader } from './handlers/load-handler.ts';
import { addToLedger, digestsOf, migrationFindings, readLedger } from './migrations/ledger.ts';
import { readBundles } from './packages/bundles.ts';
import { differenceFindings } from './packages/compare.ts';
import { NotPackaged, readPackage, readTemplate } from './packages/package.ts';
import { packageAll } from './packages/package-all.ts';
import { readSources } from './sources/read-sources.ts';
import { stageFindings } from './stage.ts';
import { deployedFunctions } from './world/deployed.ts';
import { resolverOf } from './world/resolve.ts';
import { exportsOf, placeOf, VARIANTS } from './world/variants.ts';

const ROOT = join(import.meta.dirname, '../..');
const MIGRATIONS = join(ROOT, 'infra/migrations');

/** Checks what a deployment would deploy. `scratch` is a folder for what is packaged, `made` a package that is there. */
async function check(scratch: string, made: string | undefined): Promise<Finding[]> {
  const [sources, packages] = await Promise.all([readSources(ROOT), packageAll(ROOT, scratch, made)]);
  const { first, again, prod } = packages;
  const dev = { stage: 'dev', data: await readTemplate(first.data), service: await readTemplate(first.service) };
  const live = { stage: 'prod', data: await readTemplate(prod.data), service: await readTemplate(prod.service) };
  const setting = { place: placeOf('muster-dev'), parameters: VARIANTS[1].parameters };
  const imports = exportsOf(dev.data, 'muster-data-dev');
  const functions = deployedFunctions(dev.service, resolverOf(dev.service, { ...setting, imports }).resolve);
  const folders = sources.functions.map(({ name }) => name);
  const load = handlerLoader(join(scratch, 'loaded'));
  return [
    ...(await stageFindings(dev, sources)),
    ...(await stageFindings(live, sources)),
    ...(await handlerFindings(functions, folders, await readBundles(first.service), load)),
    ...differenceFindings(await readPackage(first.service), await readPackage(again.service)),
    ...differenceFindings(await readPackage(first.data), await readPackage(again.data)),
    ...migrationFindings(await readLedger(MIGRATIONS), await digestsOf(MIGRATIONS)),
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { package: { type: 'string' }, 'add-migrations': { type: 'boolean' } } });
  if (values['add-migrations'] === true) {
    const added = await addToLedger(MIGRATIONS);
    process.stdout.write(added.length === 0 ? 'nothing to add\n' : `added ${added.join(', ')}\n`);
    return;
  }
  const scratch = await mkdtemp(join(tmpdir(), 'muster-check-'));
  try {
    const made = values.package === undefined ? undefined : resolve(values.package);
    // What holds of both stages, or of both sets of parameters, is one finding.
    const lines = new Set((await check(scratch, made)).map(lineOf));
    for (const line of lines) process.stdout.write(`${line}\n`);
    process.stdout.write(`${lines.size} ${lines.size === 1 ? 'finding' : 'findings'}\n`);
    process.exitCode = lines.size === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof NotPackaged)) throw error;
    process.stdout.write(`${error.message}\n1 finding\n`);
    process.exitCode = 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

await main();
