import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import { handlerFindings } from '../../../infra/check/handlers/handlers.ts';
import { handlerLoader } from '../../../infra/check/handlers/load-handler.ts';
import { standing } from './small-stack.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-handlers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const LINK = '//# sourceMappingURL=index.cjs.map';
const FILE = 'functions/sweep/index.cjs';
const RIGHT = { [FILE]: `exports.handler = () => {};\n${LINK}\n`, [`${FILE}.map`]: '{}' };

async function linesOf(files: Record<string, string>, folders = ['sweep']): Promise<string[]> {
  const { deployed } = await standing();
  const packed = Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)] as const);
  const bundles = [{ name: 'sweep', files: Object.fromEntries(packed) }];
  return (await handlerFindings(deployed, folders, bundles, handlerLoader(folder))).map(lineOf);
}

describe('the bundle of a function', () => {
  it('is right when its handler loads with its environment and its source map is there', async () => {
    const reads = `if (process.env.DATABASE_NAME !== 'muster') throw new Error('no database');\n`;
    expect(await linesOf({ ...RIGHT, [FILE]: `${reads}${RIGHT[FILE]}` })).toEqual([]);
  });

  it.each([
    [
      'a handler of another name',
      { ...RIGHT, [FILE]: `exports.handle = () => {};\n${LINK}\n` },
      'handler: Sweep: functions/sweep/index.handler does not load: Error: it exports no function handler, but handle',
    ],
    [
      'a file of another name',
      { 'functions/sweep/main.cjs': '' },
      'handler: Sweep: sweep.zip has no file for its handler functions/sweep/index.handler',
    ],
    [
      'a bundle that throws',
      { ...RIGHT, [FILE]: `throw new TypeError('no such thing');\n${LINK}\n` },
      'handler: Sweep: functions/sweep/index.handler does not load: TypeError: no such thing',
    ],
    [
      'a bundle that needs what it does not bring',
      { ...RIGHT, [FILE]: `require('zod');\n${LINK}\n` },
      `handler: Sweep: functions/sweep/index.handler does not load: Error: Cannot find module 'zod'`,
    ],
    [
      'a bundle without its source map',
      { [FILE]: RIGHT[FILE] ?? '' },
      'handler: Sweep: sweep.zip has no source map functions/sweep/index.cjs.map',
    ],
    [
      'a bundle that names no source map',
      { [FILE]: 'exports.handler = () => {};' },
      'handler: Sweep: functions/sweep/index.cjs names no source map',
    ],
  ])('%s is named', async (_what, files, line) => {
    expect(await linesOf(files)).toEqual([line]);
  });

  it('a folder that is no function is named', async () => {
    expect(await linesOf(RIGHT, ['sweep', 'purge'])).toEqual([
      'handler: functions/purge: no function of the template is it',
    ]);
  });

  it('a function that has no folder is named', async () => {
    expect(await linesOf(RIGHT, [])).toEqual([
      'handler: Sweep: there is no folder for its handler functions/sweep/index.handler',
    ]);
  });

  it('a function that was not packaged is named', async () => {
    const { deployed } = await standing();
    const findings = await handlerFindings(deployed, ['sweep'], [], handlerLoader(folder));
    expect(findings.map(lineOf)).toEqual(['handler: Sweep: sweep.zip was not packaged']);
  });
});
