import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import { differenceFindings } from '../../../infra/check/packages/compare.ts';

const packageOf = (files: Record<string, string>) =>
  new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const));

const TEMPLATE = 'template.json';
const upload = (time: string) => `{"S3Key": "serverless/muster/dev/${time}/sweep.zip"}`;

const linesOf = (first: Record<string, string>, second: Record<string, string>) =>
  differenceFindings(packageOf(first), packageOf(second)).map(lineOf);

describe('packaging twice', () => {
  it('may differ in the time of the upload alone', () => {
    const first = { 'sweep.zip': 'a', [TEMPLATE]: upload('1795304912515-2026-11-21T23:48:32.515Z') };
    const second = { 'sweep.zip': 'a', [TEMPLATE]: upload('1795304912516-2026-11-21T23:48:32.516Z') };
    expect(linesOf(first, second)).toEqual([]);
  });

  it('names each file that differs', () => {
    expect(linesOf({ 'sweep.zip': 'a', 'hint.zip': 'b' }, { 'sweep.zip': 'c', 'hint.zip': 'b' })).toEqual([
      expect.stringMatching(/^package: sweep\.zip: packaged twice, it is not the same: sha256 \w{16}, then \w{16}$/),
    ]);
  });

  it('names a file that only one of them has', () => {
    expect(linesOf({}, { 'sweep.zip': 'a' })).toEqual([
      expect.stringMatching(/^package: sweep\.zip: .*sha256 \(no file\), then \w{16}$/),
    ]);
  });
});
