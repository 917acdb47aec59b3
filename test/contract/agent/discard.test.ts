import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const run = promisify(execFile);
const discarding = fileURLToPath(new URL('./discarding.ts', import.meta.url));

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'muster-discard-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

/** Gives folders to whoever the discarding runs as, in the end with these permissions. */
async function make(folders: readonly string[], mode: number): Promise<void> {
  for (const folder of folders) {
    const path = join(base, folder);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'file'), '');
    if (process.getuid?.() === 0) await chown(path, 65_534, 65_534);
  }
  for (const folder of folders.toReversed()) await chmod(join(base, folder), mode);
}
const discard = (folder: string) => run(process.execPath, [discarding, join(base, folder)]);

it.each([0o555, 0])('deletes folders that were made read-only, with the permissions %o', async (mode) => {
  await make(['.'], 0o700);
  await make(['work', 'work/mod', 'work/mod/cache'], mode);
  await discard('work');
  expect(await readdir(base)).toEqual(['file']);
});

it('leaves what a link leads to as it is', async () => {
  await make(['.'], 0o700);
  await make(['work', 'other'], 0o500);
  await chmod(join(base, 'work'), 0o700);
  await symlink('../other', join(base, 'work/link'));
  await chmod(join(base, 'work'), 0o500);
  await discard('work');
  expect(await readdir(base)).toEqual(['file', 'other']);
  expect(await readdir(join(base, 'other'))).toEqual(['file']);
});

it('says what it could not delete', async () => {
  await make(['.'], 0o700);
  await make(['held', 'held/work'], 0o700);
  await chmod(join(base, 'held'), 0o500);
  await expect(discard('held/work')).rejects.toThrow('EACCES');
});
