import { describe, expect, it } from 'vitest';
import { declarationSchema, isAllowedSource } from '../../../lib/domain/plugins.ts';

const plugin = { name: 'seo-all', version: '1.0.0', source: 'https://example.com/a.tgz', sha256: 'a'.repeat(64) };

describe('a source', () => {
  it.each([
    ['https://example.com/a.tgz', false, true],
    ['http://example.com/a.tgz', true, false],
    ['http://127.0.0.1:9/a.tgz', false, false],
    ['http://127.0.0.1:9/a.tgz', true, true],
    ['http://localhost/a.tgz', true, true],
    ['http://[::1]/a.tgz', true, true],
    ['http://127.0.0.1.example.com/a.tgz', true, false],
    ['file:///etc/passwd', true, false],
    ['ftp://127.0.0.1/a', true, false],
    ['a.tgz', true, false],
  ])('%s, loopback allowed: %s, is allowed: %s', (source, loopback, allowed) => {
    expect(isAllowedSource(source, loopback)).toBe(allowed);
  });
});

describe('a declaration', () => {
  const schema = declarationSchema({ allowLoopbackSources: false });

  it('is taken as it is', () => {
    expect(schema.parse({ plugins: [plugin] })).toEqual({ plugins: [plugin] });
  });

  it.each([
    ['a name that is no folder name', { ...plugin, name: '../x' }, 'plugins.0.name'],
    ['a name that begins with a dot', { ...plugin, name: '.x' }, 'plugins.0.name'],
    ['no sha256', { ...plugin, sha256: undefined }, 'plugins.0.sha256'],
    ['a short sha256', { ...plugin, sha256: 'abc' }, 'plugins.0.sha256'],
    ['a plain http source', { ...plugin, source: 'http://example.com' }, 'plugins.0.source'],
    ['a key that it does not know', { ...plugin, surprise: 1 }, 'plugins.0'],
  ])('with %s is refused at %s', (_, wrong, path) => {
    const parsed = schema.safeParse({ plugins: [wrong] });
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it('that names a plugin twice is refused', () => {
    expect(schema.safeParse({ plugins: [plugin, { ...plugin, version: '2' }] }).success).toBe(false);
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
