import { describe, expect, it } from 'vitest';
import { declarationSchema } from '../../../../lib/domain/declaration/document.ts';

const plugin = { name: 'seo-all', version: '1.0.0', source: 'https://example.com/a.tgz', sha256: 'a'.repeat(64) };

const marked = (config_marks: object) => ({ ...plugin, config: { a: 1 }, config_marks });

describe('a declaration', () => {
  const schema = declarationSchema({ allowLoopbackSources: false });

  it.each([
    ['a plugin', plugin],
    ['a configuration', { ...plugin, config: { db: { host: 'a', ports: [1, 2.5] }, constructor: null } }],
    ['marks', { ...plugin, config: { a: 1, b: 1 }, config_marks: { a: { required: true }, b: { destructive: true } } }],
    ['a source in S3', { ...plugin, source: 's3://bucket/a.tgz' }],
    ['an empty object below', { ...plugin, config: { a: {} } }],
  ])('with %s is taken as it is', (_, declared) => {
    expect(schema.parse({ plugins: [declared] })).toStrictEqual({ plugins: [declared] });
  });

  it.each([
    ['no configuration', { config: {} }, {}],
    ['no marks', { config: { a: 1 }, config_marks: {} }, { config: { a: 1 } }],
    ['a mark that says nothing', { config: { a: 1 }, config_marks: { a: {} } }, { config: { a: 1 } }],
    [
      'a mark that says nothing beside another',
      { config: { a: 1, b: 1 }, config_marks: { a: {}, b: { required: true } } },
      { config: { a: 1, b: 1 }, config_marks: { b: { required: true } } },
    ],
  ])('that says %s has the form of one that leaves it out', (_, said, left) => {
    expect(schema.parse({ plugins: [{ ...plugin, ...said }] })).toStrictEqual({ plugins: [{ ...plugin, ...left }] });
  });

  it('takes plain http from loopback where that is allowed', () => {
    const document = { plugins: [{ ...plugin, source: 'http://127.0.0.1:9/a.tgz' }] };
    expect(schema.safeParse(document).success).toBe(false);
    expect(declarationSchema({ allowLoopbackSources: true }).safeParse(document).success).toBe(true);
  });

  it.each([
    ['a name that is no folder name', { ...plugin, name: '../x' }, 'plugins.0.name'],
    ['a name that begins with a dot', { ...plugin, name: '.x' }, 'plugins.0.name'],
    ['no sha256', { ...plugin, sha256: undefined }, 'plugins.0.sha256'],
    ['a short sha256', { ...plugin, sha256: 'abc' }, 'plugins.0.sha256'],
    ['a plain http source', { ...plugin, source: 'http://example.com' }, 'plugins.0.source'],
    ['a key that it does not know', { ...plugin, surprise: 1 }, 'plugins.0'],
    ['a source of a long name', { ...plugin, source: `https://a/${'a'.repeat(2000)}` }, 'plugins.0.source'],
    ['a configuration that is a list', { ...plugin, config: [] }, 'plugins.0.config'],
    ['a number that is not exact', { ...plugin, config: { a: [2 ** 53] } }, 'plugins.0.config.a.0'],
    ['a mark without its key', marked({ b: { required: true } }), 'plugins.0.config_marks.b'],
    ['a mark of what objects have', marked({ toString: { required: true } }), 'plugins.0.config_marks.toString'],
    ['a mark that it does not know', marked({ a: { secret: true } }), 'plugins.0.config_marks.a'],
    ['a mark that is false', marked({ a: { required: false } }), 'plugins.0.config_marks.a.required'],
  ])('with %s is refused at %s', (_, wrong, path) => {
    const parsed = schema.safeParse({ plugins: [wrong] });
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it('that names a plugin twice is refused', () => {
    expect(schema.safeParse({ plugins: [plugin, { ...plugin, version: '2' }] }).success).toBe(false);
  });

  it('may name 500 plugins and no more', () => {
    const plugins = Array.from({ length: 501 }, (_, at) => ({ ...plugin, name: `p${at}` }));
    const issues = schema.safeParse({ plugins }).error?.issues;
    expect(issues?.map(({ path, code }) => [path.join('.'), code])).toContainEqual(['plugins', 'too_big']);
    expect(JSON.stringify(schema.safeParse({ plugins: plugins.slice(1) }).error?.issues)).not.toContain('too_big');
  });

  it('may take 48 KiB and no byte more', () => {
    const source = `https://example.com/${'a'.repeat(1900)}`;
    const plugins = Array.from({ length: 24 }, (_, at) => ({ ...plugin, source, name: `p${at}` }));
    const room = 48 * 1024 - Buffer.byteLength(JSON.stringify({ plugins }));
    const filledBy = (bytes: number) => ({
      plugins: [...plugins, { ...plugin, source: `https://a/${'é'.repeat(9)}${'a'.repeat(bytes)}` }],
    });
    const rest =
      room - (Buffer.byteLength(JSON.stringify(filledBy(0))) - Buffer.byteLength(JSON.stringify({ plugins })));
    expect(schema.safeParse(filledBy(rest)).success).toBe(true);
    expect(schema.safeParse(filledBy(rest + 1)).success).toBe(false);
  });
});
