import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, pid } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startOf } from '../../../infra/local/postgres/process-identity.ts';
import { claimRunFolder, removeStaleRuns } from '../../../infra/local/postgres/run-folder.ts';
import { startPostgres } from '../../../infra/local/postgres/start-postgres.ts';

/** No process has this id: Linux and macOS count to less. */
const DEAD_OWNER = JSON.stringify({ processId: 2 ** 30, startedAt: '1' });

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'stale-runs-')));
  await chmod(parent, 0o711);
  folder = join(parent, 'run');
  await mkdir(folder);
});

afterEach(() => rm(parent, { recursive: true, force: true }));

describe('the removal of stale runs', () => {
  it('ends the server of a dead owner and removes its folder', async () => {
    const server = await startPostgres({ folder });
    await writeFile(join(folder, 'owner.json'), DEAD_OWNER);
    expect(await removeStaleRuns(parent)).toEqual([folder]);
    expect(await startOf(server.processId)).toBeUndefined();
    await expect(access(folder)).rejects.toThrow(/ENOENT/);
  });

  it('may be done by several at once', async () => {
    await startPostgres({ folder });
    await writeFile(join(folder, 'owner.json'), DEAD_OWNER);
    const cleaners = Array.from({ length: 200 }, async (_, n) => {
      await wait(n / 4);
      return await removeStaleRuns(parent);
    });
    expect((await Promise.all(cleaners)).flat()).toContain(folder);
  });

  it('leaves the run of a living owner alone', async () => {
    await claimRunFolder(folder);
    expect(await removeStaleRuns(parent)).toEqual([]);
  });

  it('takes the run of an owner whose id went to another process', async () => {
    await writeFile(join(folder, 'owner.json'), JSON.stringify({ processId: pid, startedAt: 'long ago' }));
    expect(await removeStaleRuns(parent)).toEqual([folder]);
  });

  it('finds the server of a dead owner also through a symbolic link', async () => {
    const link = join(parent, 'link');
    await mkdir(join(parent, 'runs'));
    await symlink(join(parent, 'runs'), link);
    const server = await startPostgres({ folder: join(link, 'run') });
    await writeFile(join(link, 'run/owner.json'), DEAD_OWNER);
    expect(await removeStaleRuns(link)).toEqual([join(parent, 'runs/run')]);
    expect(await startOf(server.processId)).toBeUndefined();
  });

  it.each([
    ['a minute', 60, false],
    ['two hours', 7_200, true],
  ])('looks at the age of a folder that nobody has claimed: %s', async (_, seconds, isRemoved) => {
    const changed = Date.now() / 1_000 - seconds;
    await utimes(folder, changed, changed);
    expect(await removeStaleRuns(parent)).toEqual(isRemoved ? [folder] : []);
  });

  it.each([
    ['empty', ''],
    ['cut off', DEAD_OWNER.slice(0, 9)],
    ['of another form', '{"pid":1}'],
  ])('leaves a folder alone whose claim is %s, and goes on with the others', async (_, claim) => {
    const next = join(parent, 'run-next');
    await writeFile(join(folder, 'owner.json'), claim);
    await mkdir(next);
    await writeFile(join(next, 'owner.json'), DEAD_OWNER);
    expect(await removeStaleRuns(parent)).toEqual([next]);
  });

  it('does not end a stranger whose id stands in the folder', async () => {
    const stranger = spawn(execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    await once(stranger, 'spawn');
    await mkdir(join(folder, 'data'), { recursive: true });
    await writeFile(join(folder, 'owner.json'), DEAD_OWNER);
    await writeFile(join(folder, 'data/postmaster.pid'), `${stranger.pid}\n${folder}/data\n`);
    expect(await removeStaleRuns(parent)).toEqual([folder]);
    expect(await startOf(stranger.pid ?? 0)).toBeDefined();
    stranger.kill();
    await once(stranger, 'exit');
  });

  it('finds nothing to do where there are no runs', async () => {
    expect(await removeStaleRuns(join(parent, 'nowhere'))).toEqual([]);
  });
});
