import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { reasonOf, WrongUsage } from '../failures.ts';

type JsonFile = {
  /** As the operator wrote it: relative to `folder`. */
  readonly file: string;
  readonly folder: string;
  /** What takes such a document: `POST /workspaces`. */
  readonly taker: string;
};

/** Editors on Windows begin a text with it, and JSON has no place for it. */
const BYTE_ORDER_MARK = /^\ufeff/;

/** The document in the file that --file names. @throws {WrongUsage} saying why it is none that can be sent. */
export async function readJsonFile<T extends z.ZodType>(
  schema: T,
  { file, folder, taker }: JsonFile,
): Promise<z.output<T>> {
  try {
    const text = await readFile(resolve(folder, file), 'utf8');
    return schema.parse(JSON.parse(text.replace(BYTE_ORDER_MARK, '')));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : reasonOf(cause);
    throw new WrongUsage(`--file must be a JSON document such as ${taker} takes: ${reason}`, { cause });
  }
}
