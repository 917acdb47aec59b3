import { access, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { inCheckout } from './serverless-process.ts';

/**
 * The event document for a function: the one asked for, by its path from where the caller is, else
 * test/events/<function>.json.
 *
 * @returns an absolute path
 * @throws when there is no such function, or no such file; the message says what there is
 */
export async function eventFileOf(functionName: string, asked: string | undefined): Promise<string> {
  const functions = await readdir(inCheckout('functions'));
  if (!functions.includes(functionName)) {
    throw new Error(`There is no function ${functionName}; there are ${functions.sort().join(', ')}.`);
  }
  const file = asked === undefined ? inCheckout(`test/events/${functionName}.json`) : resolve(asked);
  await access(file).catch((cause: unknown) => {
    throw new Error(`There is no event document ${file}.`, { cause });
  });
  return file;
}
