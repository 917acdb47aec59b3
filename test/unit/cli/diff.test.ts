import { describe, expect, it } from 'vitest';
import { drawDiff } from '../../../infra/cli/view/diff.ts';

const seo = (version: string) => ({ name: 'seo-all', version, source: `https://x/${version}`, sha256: 'a'.repeat(64) });
const of = (path: string[], values: object) => ({ plugin: 'seo-all', path, ...values });
const one = (change: ReturnType<typeof of>) => drawDiff({ additive: [change], destructive: [] }).split('\n');

describe('a diff', () => {
  it('stands below each plugin by its place, and marks what takes something away in one column', () => {
    const lines = drawDiff({
      additive: [of(['config', 'zoom'], { to: 2 }), { plugin: 'ads', path: [], to: { ...seo('0.1.0'), name: 'ads' } }],
      destructive: [
        { plugin: null, path: ['surprise'], to: 1 },
        of(['config', 'depth'], { from: 3 }),
        of(['version'], { from: seo('1.0.0'), to: seo('2.0.0') }),
        { plugin: 'tail', path: [], from: seo('4.0.0') },
      ],
    }).split('\n');
    expect(lines).toEqual([
      '(the declaration)',
      '  + surprise 1             destructive',
      'ads',
      '  + plugin 0.1.0',
      'seo-all',
      '  - config.depth (was 3)   destructive',
      '  + config.zoom 2',
      '  ~ version 1.0.0 → 2.0.0  destructive',
      'tail',
      '  - plugin 4.0.0           destructive',
    ]);
  });

  it.each<[change: ReturnType<typeof of>, line: string]>([
    [of(['config', 'depth'], { from: 3, to: '3' }), '~ config.depth 3 → "3"'],
    [of(['config', 'depth'], { from: null, to: false }), '~ config.depth null → false'],
    [of(['config', 'a.b', 'c'], { to: { d: [1] } }), '+ config."a.b".c {"d":[1]}'],
    [of(['source'], { from: 'https://a/1', to: 's3://b/2' }), '~ source https://a/1 → s3://b/2'],
    [of(['config', 'text'], { to: 'a\nb\u001b[2J\u009b' }), '+ config.text "a\\nb\\u001b[2J\\u009b"'],
    [of(['config', 'text'], { from: 'x\u202e', to: 'x\u200b' }), '~ config.text "x\\u202e" → "x\\u200b"'],
    [of(['source'], { to: 's3://b/\u202eb' }), '+ source s3://b/ b'],
    [of(['config', 'a.\u202eb'], { to: 1 }), '+ config."a.\\u202eb" 1'],
    [of(['config', 'version'], { to: { version: '1' } }), '+ config.version {"version":"1"}'],
    [of([], { to: 'no plugin' }), '+ plugin "no plugin"'],
  ])('tells values as they are: %j', (change, line) => {
    expect(one(change)).toEqual(['seo-all', `  ${line}`]);
  });

  it('shows a SHA-256 whole, and of a longer value its begin and its end', () => {
    const [was, is] = ['a'.repeat(64), 'b'.repeat(64)];
    expect(one(of(['sha256'], { from: was, to: is }))[1]).toBe(`  ~ sha256 ${was} → ${is}`);
    const source = (version: string) => `https://artefacts.example.com/${'x'.repeat(50)}/seo-all-${version}.tgz`;
    expect(one(of(['source'], { from: source('1.0.0'), to: source('1.1.0') }))[1]).toMatch(
      /^ {2}~ source https:\/\/artefacts\.\S+…\S+seo-all-1\.0\.0\.tgz → https:\/\/artefacts\.\S+…\S+seo-all-1\.1\.0\.tgz$/,
    );
    const [, emoji = ''] = one(of(['config', 'text'], { to: '😀'.repeat(500) }));
    expect([...emoji].length).toBe('  + config.text '.length + 72);
    expect(emoji.isWellFormed()).toBe(true);
  });

  it('shows where two long values differ', () => {
    const text = (middle: string) => `${'a'.repeat(50)}${middle}${'b'.repeat(50)}`;
    const [, line = ''] = one(of(['config', 'text'], { from: text('1'), to: text('2') }));
    expect(line).toMatch(/a1b+… → …a+2b/);
  });

  it.each([
    ['https://good/1', 'https://evil/2', true],
    ['https://good/1', 'https://good:8443/2', true],
    ['s3://good/1', 's3://evil/2', true],
    ['s3://good/1', 'https://good/2', true],
    ['none', 'none at all', true],
    ['https://good/1', 'https://good/2/3', false],
    ['s3://good/1', 's3://good/2', false],
    ['none', 'none', false],
  ])('tells of a version whether it comes from another host: %s, then %s: %s', (from, to, isTold) => {
    const values = { from: { ...seo('1.0.0'), source: from }, to: { ...seo('1.0.1'), source: to } };
    const lines = ['seo-all', '  ~ version 1.0.0 → 1.0.1', ...(isTold ? [`    source ${from} → ${to}`] : [])];
    expect(one(of(['version'], values))).toEqual(lines);
    expect(one(of(['config'], values))).toHaveLength(2);
  });

  it('has the mark follow a line that is too long for the column', () => {
    const long = of(['config', 'k'.repeat(90)], { from: 1 });
    const lines = drawDiff({ additive: [], destructive: [long, of(['config', 'a'], { from: 1 })] }).split('\n');
    expect(lines[1]).toBe(`  ${'- config.a (was 1)'.padEnd(60)}  destructive`);
    expect(lines[2]).toBe(`  - config.${'k'.repeat(90)} (was 1)  destructive`);
  });

  it('is not broken by what a plugin is called', () => {
    expect(drawDiff({ additive: [{ plugin: 'a\u2028\u2029b', path: [], to: 1 }], destructive: [] })).toBe(
      'a b\n  + plugin 1',
    );
    expect(drawDiff({ additive: [{ plugin: 'a\u001b[2J', path: [], to: 1 }], destructive: [] })).toBe(
      'a [2J\n  + plugin 1',
    );
  });
});
