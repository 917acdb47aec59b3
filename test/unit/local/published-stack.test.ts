import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { PublishedStack } from '../../../infra/local/stack/published-stack.ts';
import { newestStack, publishStack, withdrawStack } from '../../../infra/local/stack/published-stack.ts';

const url = 'http://127.0.0.1:1';
const stackOf = (start: number): PublishedStack => ({
  ...{ api: url, dataApi: url, ec2: url, lambda: url, s3: url, secrets: url, postgres: url, artefacts: url },
  environment: {},
  pids: { start, postgres: start, host: start },
});

it.each([
  [process.ppid, process.pid],
  [process.pid, process.ppid],
])(
  'finds the newest running stack by the notes beside local.json, and removes those of the dead',
  async (older, newer) => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-notes-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await publishStack(stackOf(older), folder);
    await delay(2);
    await publishStack(stackOf(newer), folder);
    const dead = { processStart: 'long ago', publishedAt: '2999-01-01T00:00:00Z', stack: stackOf(newer) };
    await writeFile(join(folder, 'stack-1.json'), JSON.stringify(dead));

    expect((await newestStack(folder))?.pids.start).toBe(newer);
    const forTools = join(folder, 'local.json');
    expect(JSON.parse(await readFile(forTools, 'utf8'))).toEqual(stackOf(newer));
    expect((await stat(forTools)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['local.json', `stack-${older}.json`, `stack-${newer}.json`].sort());
    await withdrawStack(newer, folder);
    expect((await newestStack(folder))?.pids.start).toBe(older);
    await withdrawStack(older, folder);
    expect(await readdir(folder)).toEqual([]);
  },
);
