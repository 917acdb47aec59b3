import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { inCheckout } from '../host/serverless-process.ts';
import { startOf } from '../postgres/process-identity.ts';

const publishedStack = z.object({
  api: z.url(),
  dataApi: z.url(),
  ec2: z.url(),
  lambda: z.url(),
  s3: z.url(),
  secrets: z.url(),
  postgres: z.url(),
  artefacts: z.url(),
  pids: z.object({ start: z.int(), postgres: z.int(), host: z.int() }),
  /** What the functions read there. */
  environment: z.record(z.string(), z.string()),
});

/** How to reach a running stack, for tools. */
export type PublishedStack = z.infer<typeof publishedStack>;

const note = z.object({
  /** Tells the process from a later one with its id. */
  processStart: z.string(),
  publishedAt: z.iso.datetime(),
  stack: publishedStack,
});
type Note = z.infer<typeof note>;

/** In the checkout, since the folder for temporary files may differ from terminal to terminal. */
const notesFolder = inCheckout('.muster');
const publicName = 'local.json';

/** Notes a stack in .muster/stack-<pid>.json and makes it the newest of this checkout, in .muster/local.json. */
export async function publishStack(stack: PublishedStack, folder: string = notesFolder): Promise<void> {
  const processStart = (await startOf(stack.pids.start)) ?? '';
  const mine: Note = { processStart, publishedAt: new Date().toISOString(), stack };
  await writeWhole(noteOf(stack.pids.start, folder), mine);
  await publishNewest(folder);
}

/** Takes a stack back; .muster/local.json then shows the newest of those that still run, or goes. */
export async function withdrawStack(startPid: number, folder: string = notesFolder): Promise<void> {
  await rm(noteOf(startPid, folder), { force: true });
  await publishNewest(folder);
}

/** The newest stack of this checkout that still runs. */
export async function newestStack(folder: string = notesFolder): Promise<PublishedStack | undefined> {
  return (await runningNotes(folder)).at(-1)?.stack;
}

async function publishNewest(folder: string): Promise<void> {
  const newest = await newestStack(folder);
  const file = join(folder, publicName);
  if (newest === undefined) await rm(file, { force: true });
  else await writeWhole(file, newest);
}

function noteOf(startPid: number, folder: string): string {
  return join(folder, `stack-${startPid}.json`);
}

/** Oldest first. Takes the notes of those that were killed outright away. */
async function runningNotes(folder: string): Promise<Note[]> {
  const notes: Note[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!/^stack-\d+\.json$/.test(name)) continue;
    const found = await readNote(join(folder, name));
    if (found === undefined) continue;
    if ((await startOf(found.stack.pids.start)) === found.processStart) notes.push(found);
    else await rm(join(folder, name), { force: true });
  }
  return notes.sort((a, b) => (a.publishedAt < b.publishedAt ? -1 : 1));
}

async function readNote(file: string): Promise<Note | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : note.safeParse(JSON.parse(text)).data;
}

/** Readers see the old document or the new one. It holds the database's password. */
async function writeWhole(file: string, document: Note | PublishedStack): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
