import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { configure } from '../../../infra/agent/plugins/configure.ts';
import { digestOf } from './plans.ts';

const configs = [{ depth: 1 }, { depth: 2, hosts: ['a'.repeat(10_000)] }, { depth: 3 }];
const action = (config: object) => ({ config, config_digest: digestOf(config) });
const nameOf = (config: object): string => `config@${digestOf(config)}.json`;

let folder: string;
let own: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-configure-'));
  own = join(folder, '.muster');
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

it('whoever reads a configuration while it changes reads one of them, whole', async () => {
  const texts = configs.map((config) => JSON.stringify(config));
  await configure(folder, action({ depth: 1 }));
  let over = false;
  const changing = (async () => {
    for (let turn = 0; turn < 10; turn += 1) for (const config of configs) await configure(folder, action(config));
  })().finally(() => {
    over = true;
  });
  while (!over) expect(texts).toContain(await readFile(join(own, 'config.json'), 'utf8'));
  await changing;
});

it('keeps the configuration before for whoever has just followed the link, and no other', async () => {
  const [first = {}, second = {}, third = {}] = configs;
  for (const config of [first, second, third]) await configure(folder, action(config));
  expect((await readdir(own)).sort()).toEqual([nameOf(second), nameOf(third), 'config.json'].sort());
  await configure(folder, {});
  expect(await readdir(own)).toEqual([nameOf(third)]);
  await configure(folder, {});
  expect(await readdir(own)).toEqual([]);
});

it('goes on from whatever a killed change has left behind', async () => {
  const [config = {}, other = {}] = configs;
  await mkdir(own);
  const half = [`${nameOf(config)}.new`, nameOf(other), 'config.json.new'];
  for (const file of half) await writeFile(join(own, file), '{');
  await configure(folder, action(config));
  expect((await readdir(own)).sort()).toEqual([nameOf(config), 'config.json'].sort());
  expect(await readFile(join(own, 'config.json'), 'utf8')).toBe(JSON.stringify(config));
});

it('leaves no trace in a folder that has no configuration', async () => {
  await configure(folder, {});
  expect(await readdir(folder)).toEqual([]);
});
