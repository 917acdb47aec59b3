import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { CONFIG } from '../../../lib/config.ts';
import type { Document } from '../events/rules.ts';
import { loadSpec } from '../spec/database.ts';
import type { Sources } from '../stage.ts';
import { eventSchemaOf } from './event-schema.ts';
import { readFunctions } from './functions.ts';

const event = z.record(z.string(), z.json()).refine((given) => 'detail-type' in given && 'source' in given);

/** Reads what the checks hold the templates against. */
export async function readSources(root: string): Promise<Sources> {
  const [spec, functions, documents] = await Promise.all([
    loadSpec(),
    readFunctions(root),
    readDocuments(join(root, 'test/events')),
  ]);
  const jobs = functions.filter(({ kind }) => kind === 'job');
  const schemas = await Promise.all(jobs.map(async (job) => [job.name, await eventSchemaOf(job, root)] as const));
  return { spec, functions, documents, schemas: new Map(schemas), sections: CONFIG };
}

/** The documents in a folder that are events of EventBridge. */
async function readDocuments(folder: string): Promise<Document[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const read = names.map(async (name) => {
    const { data } = event.safeParse(JSON.parse(await readFile(join(folder, name), 'utf8')));
    return data === undefined ? [] : [{ name: `test/events/${name}`, event: data }];
  });
  return (await Promise.all(read)).flat();
}
