import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkout, inCheckout } from '../host/serverless-process.ts';
import { startOf } from '../postgres/process-identity.ts';
import { runsFolder } from '../postgres/run-folder.ts';

const publishedStack = z.object({
  api: z.url(),
  dataApi: z.url(),
  ec2: z.url(),
  lambda: z.url(),
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
  checkout: z.string(),
  /** Tells the process from a later one with its id. */
  processStart: z.string(),
  publishedAt: z.iso.datetime(),
  stack: publishedStack,
});
type Note = z.infer<typeof note>;

const noteName = 'stack.json';
const publicFile = inCheckout('.muster/local.json');

/** Notes a stack in its run folder and makes it the newest of this checkout, in .muster/local.json. */
export async function publishStack(runFolder: string, stack: PublishedStack): Promise<void> {
  const processStart = (await startOf(stack.pids.start)) ?? '';
  const mine: Note = { checkout, processStart, publishedAt: new Date().toISOString(), stack };
  await writeWhole(join(runFolder, noteName), mine);
  await publishNewest();
}

/** Takes a stack back; .muster/local.json then shows the newest of those that still run, or goes. */
export async function withdrawStack(runFolder: string): Promise<void> {
  await rm(join(runFolder, noteName), { force: true });
  await publishNewest();
}

/** The newest stack of this checkout that still runs. */
export async function newestStack(): Promise<PublishedStack | undefined> {
  return (await runningNotes()).at(-1)?.stack;
}

async function publishNewest(): Promise<void> {
  const newest = await newestStack();
  if (newest === undefined) await rm(publicFile, { force: true });
  else await writeWhole(publicFile, newest);
}

/** Oldest first. */
async function runningNotes(): Promise<Note[]> {
  const notes: Note[] = [];
  for (const folder of await readdir(runsFolder()).catch(() => [])) {
    const found = await readNote(join(runsFolder(), folder, noteName));
    if (found?.checkout !== checkout) continue;
    if ((await startOf(found.stack.pids.start)) === found.processStart) notes.push(found);
  }
  return notes.sort((a, b) => (a.publishedAt < b.publishedAt ? -1 : 1));
}

async function readNote(file: string): Promise<Note | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : note.safeParse(JSON.parse(text)).data;
}

/** Readers see the old document or the new one. It holds the database's password. */
async function writeWhole(file: string, document: Note | PublishedStack): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
