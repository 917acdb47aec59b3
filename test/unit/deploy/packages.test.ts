import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requireSame } from '../../../infra/deploy/packages.ts';

const template = (time: string, handler = 'index.handler') =>
  JSON.stringify({ Code: { S3Key: `serverless/muster/prod/${time}/heartbeat.zip` }, Handler: handler });
const FIRST = '1795306700000-2026-11-22T00:18:20.000Z';
const SECOND = '1795306796367-2026-11-22T00:19:56.367Z';

function packageOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-package-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const TEMPLATE = 'cloudformation-template-update-stack.json';
const checked = { [TEMPLATE]: template(FIRST), 'heartbeat.zip': 'code', 'serverless-state.json': '{"id": 0}' };

describe('a second package', () => {
  it('is the same where only the time and the parameters are others', async () => {
    const again = { ...checked, [TEMPLATE]: template(SECOND), 'serverless-state.json': '{"id": 1}' };
    await requireSame(packageOf(checked), packageOf(again));
  });

  it.each([
    ['other code', { ...checked, 'heartbeat.zip': 'other' }, 'heartbeat.zip'],
    ['another template', { ...checked, [TEMPLATE]: template(FIRST, 'other.handler') }, TEMPLATE],
    ['one function more', { ...checked, 'more.zip': 'code' }, 'more.zip'],
    ['one function less', { [TEMPLATE]: template(FIRST) }, 'heartbeat.zip'],
  ])('with %s is another one, and the file is named', async (_, files, name) => {
    await expect(requireSame(packageOf(checked), packageOf(files))).rejects.toThrow(`not the same: ${name}`);
  });
});
