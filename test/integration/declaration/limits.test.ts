import { describe, expect, it } from 'vitest';
import { readDeclarationDiff } from '../../../lib/adapters/rds-data/statements/read-declaration-diff.ts';
import type { Config } from '../../../lib/domain/declaration/config.ts';
import { database } from '../../support/database.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { DRY_RUN, declared, FORCE, history, plugin, put, read, written } from './declaring.ts';

const LARGEST = 48 * 1024;

const bytesOf = (document: unknown) => Buffer.byteLength(JSON.stringify(document));

/** A declaration of one plugin with a configuration, filled up to so many bytes of JSON. */
function ofBytes(bytes: number, config: Config) {
  const filledBy = (text: string) => ({ plugins: [plugin('a', { config: { ...config, text } })] });
  return filledBy('x'.repeat(bytes - bytesOf(filledBy(''))));
}

const keys = (count: number, more = ''): Config =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}${more}`, at]));

/** Seven levels of long keys, and below them so many short ones. */
function deep(leaves: Config): Config {
  return Array.from({ length: 7 }).reduce<Config>((below) => ({ ['l'.repeat(100)]: below }), leaves);
}

describe('a declaration of 48 KiB', () => {
  it.each<[what: string, config: Config]>([
    ['one long text', {}],
    ['3,500 keys', keys(3500)],
    ['20,000 elements of a list', { list: Array.from({ length: 20_000 }, () => 1) }],
    ['texts of many bytes a character', { emoji: '😀'.repeat(10_000) }],
    ['small numbers', { list: Array.from({ length: 4000 }, () => 0.0000015) }],
  ])('(%s) is taken, given again, and told apart from nothing', async (_, config) => {
    const { id } = await makeWorkspace();
    const document = ofBytes(LARGEST, config);
    expect(bytesOf(document)).toBe(LARGEST);
    expect(await put(id, document)).toMatchObject({ status: 200, body: { version: 1, applied: true } });
    expect((await read(id)).body.plugins).toEqual(document.plugins);
    expect(await put(id, document)).toMatchObject({ status: 200, body: { version: 1, applied: false } });
  });

  it('and a byte is 400 and names the body, also in a dry run', async () => {
    const { id } = await makeWorkspace();
    const before = await written();
    for (const options of [{}, DRY_RUN, FORCE]) {
      expect(await put(id, ofBytes(LARGEST + 1, {}), options)).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', errors: [{ field: 'body', message: expect.stringContaining('48 KiB') }] },
      });
    }
    expect(await written()).toBe(before);
  });

  it('is what counts, not how it is spelt; a body over 64 KiB is 413', async () => {
    const { id } = await makeWorkspace();
    const text = JSON.stringify({ plugins: [plugin('a')] });
    expect(await put(id, undefined, { rawBody: text + ' '.repeat(65_536 - text.length) })).toMatchObject({
      status: 200,
    });
    expect(await put(id, undefined, { rawBody: text + ' '.repeat(65_537 - text.length) })).toMatchObject({
      status: 413,
    });
  });
});

describe('a diff', () => {
  it('that is larger than a row of the Data API is answered, kept and read again whole', async () => {
    const { id } = await makeWorkspace();
    await declared(id, plugin('a', { config: keys(3000) }));
    const answer = await put(id, { plugins: [plugin('a', { config: keys(2500, '_') })] }, FORCE);
    const { body } = answer;
    expect(answer).toMatchObject({ status: 200, body: { version: 2, applied: true } });
    expect(body.diff).toMatchObject({ additive: { length: 2500 }, destructive: { length: 3000 } });
    expect(bytesOf(body.diff)).toBeGreaterThan(300_000);
    expect((await read(id, { version: '2' })).body.diff).toEqual(body.diff);
    expect((await history(id)).body.items).toMatchObject([{ additive: 2500, destructive: 3000 }, { additive: 1 }]);
  });

  it('of texts of many bytes a character is read in rows of at most 64 KB', async () => {
    const { id } = await makeWorkspace();
    await declared(id, plugin('a', { config: { text: '😀'.repeat(11_000) } }));
    const { body } = await put(id, { plugins: [plugin('a', { config: { text: '🙂'.repeat(11_000) } })] });
    expect(body.applied).toBe(true);
    expect((await read(id, { version: '2' })).body.diff).toEqual(body.diff);
    const rows = await database.run(readDeclarationDiff, { workspaceId: id, version: 2 });
    expect(Math.max(...rows.map(({ part }) => Buffer.byteLength(part)))).toBeLessThan(64 * 1024);
  });

  it('that no answer could hold is 400 and names the body, also in a dry run; in steps it is taken', async () => {
    const { id } = await makeWorkspace();
    const [here, there] = [plugin('a', { config: deep(keys(1000)) }), plugin('a', { config: deep(keys(1000, '_')) })];
    await declared(id, here);
    const before = await written();
    for (const options of [FORCE, DRY_RUN, {}]) {
      expect(await put(id, { plugins: [there] }, options)).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'body', message: expect.stringContaining('2000 changes') }] },
      });
    }
    expect(await written()).toBe(before);
    await declared(id);
    await declared(id, there);
    expect((await read(id)).body).toMatchObject({ version: 3, plugins: [there] });
  });
});

it('pages of a history with large diffs do not outgrow an answer', async () => {
  const { id } = await makeWorkspace();
  await sql(
    `INSERT INTO declarations (workspace_id, version, document, actor, diff)
     SELECT :id::uuid, n, '{"plugins": []}', 'test',
       (SELECT jsonb_build_object('additive', jsonb_agg(repeat('x', 1000)), 'destructive', '[]'::jsonb) FROM generate_series(1, 50))
     FROM generate_series(1, 150) n`,
    { id },
  );
  const { status, body } = await history(id, { limit: '200' });
  expect({ status, versions: body.items.length }).toEqual({ status: 200, versions: 150 });
  expect(body.items[0]).toMatchObject({ version: 150, additive: 50, destructive: 0 });
});
