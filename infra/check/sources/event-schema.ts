import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { FunctionSource } from './functions.ts';

const module = z.record(z.string(), z.unknown());

/**
 * What a job takes for its event: the schema that its index.ts hands to `checked`. Undefined for one that looks at no
 * event.
 * @throws Error when that schema cannot be found
 */
export async function eventSchemaOf(
  { name, entry }: FunctionSource,
  root: string,
): Promise<z.core.$ZodType | undefined> {
  const checked = entry.calls.find((call) => call.name === 'checked');
  if (checked === undefined) return undefined;
  const imported = entry.imports.find(({ local }) => local === checked.identifier);
  if (imported === undefined) throw new Error(`functions/${name}/index.ts imports no schema for its event`);
  const { href } = pathToFileURL(join(root, 'functions', name, imported.from));
  const schema = module.parse({ ...(await import(href)) })[imported.name];
  if (!(schema instanceof z.core.$ZodType)) throw new Error(`${imported.name} of ${imported.from} is no schema`);
  return schema;
}
