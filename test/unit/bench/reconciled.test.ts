import { expect, it } from 'vitest';
import type { WorkspaceView } from '../../../lib/domain/workspace.ts';
import { countReconciled } from '../../bench/reconcile/reconciled.ts';

type Read = Pick<WorkspaceView, 'reconcile_owed' | 'plugins'>;

const plugin = {
  name: 'a',
  declared_version: '1.0.0',
  installed_version: '1.0.0',
  failed_version: null,
  failed_reason: null,
};
const done: Read = { reconcile_owed: false, plugins: [plugin] };

const count = (fleet: readonly (Read | undefined)[]) => {
  const readWorkspace = async ({ id }: { id: string }) => fleet[Number(id)];
  return countReconciled({ readWorkspace }, [...fleet.keys()].map(String), 2);
};

it('counts all of a fleet that is reconciled', async () => {
  expect(await count([done, done, done])).toBe(3);
});

it.each<[string, Read | undefined]>([
  ['is not there', undefined],
  ['owes a reconcile', { ...done, reconcile_owed: true }],
  ['has nothing declared', { ...done, plugins: [] }],
  ['does not report the plugin', { ...done, plugins: [{ ...plugin, installed_version: null }] }],
  ['reports another version', { ...done, plugins: [{ ...plugin, installed_version: '0.9.0' }] }],
  ['reports one of two', { ...done, plugins: [plugin, { ...plugin, installed_version: null }] }],
  ['reports a failure', { ...done, plugins: [{ ...plugin, failed_reason: 'disk_full' }] }],
])('does not count a workspace that %s', async (_, workspace) => {
  expect(await count([done, workspace, done])).toBe(2);
});
