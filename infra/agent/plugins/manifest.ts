import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ArtefactError } from './failure.ts';

const FILE = 'plugin.json';
/** Bytes. It is read into memory, and only some lines of it are for the agent. */
const LARGEST = 64 * 1024;

const text = z.string().refine((value) => !value.includes('\0'), 'holds a zero byte');

/** A key that is not known is refused: a misspelt timeout would otherwise be none. */
const postInstall = z.strictObject({
  command: z.tuple([text.min(1).regex(/^[^-]/, 'begins with a dash')], text),
  timeout_seconds: z.int().min(1).max(900).default(60),
});

/** The rest of the file is the plugin's own. */
const manifest = z.looseObject({ post_install: postInstall.optional() });

/** What an artefact wants to be run in its folder before it gets its place; `command` names a program, not a shell line. */
export type PostInstall = z.output<typeof postInstall>;

/**
 * The `post_install` in the `plugin.json` at the root of an unpacked artefact; undefined where there is none.
 * Throws {@link ArtefactError} for one that cannot be read: leaving it out would leave the plugin half installed.
 */
export async function readPostInstall(folder: string): Promise<PostInstall | undefined> {
  const path = join(folder, FILE);
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) return undefined;
  if (!there.isFile()) throw new ArtefactError(`${FILE} is no file`);
  if (there.size > LARGEST) throw new ArtefactError(`${FILE} is larger than ${LARGEST} bytes`);
  const parsed = manifest.safeParse(parseJson(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data.post_install;
  const wrong = parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message].join(' ').trim());
  throw new ArtefactError(`${FILE} cannot be used: ${wrong.join('; ')}`);
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new ArtefactError(`${FILE} is no JSON`, { cause: error });
  }
}
