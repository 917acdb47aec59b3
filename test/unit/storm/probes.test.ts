import { describe, expect, it } from 'vitest';
import { probesOf } from '../../storm/check/probes.ts';
import type { RegistryRow } from '../../storm/registry/records.ts';
import { changeOf, rowOf } from './records.ts';

const tokens = (row: Partial<RegistryRow>, events: Parameters<typeof probesOf>[1] = []) =>
  probesOf(rowOf(row), events).map(
    ({ claims: { gen, ver, kind }, route, expected }) => `${route} ${gen}.${ver} ${kind} ${expected.join('|')}`,
  );

describe('the credentials that are tried', () => {
  it('are every version of every generation before, which must all be refused', () => {
    const raised = [changeOf({ event: 'token_reissued', generation: 1 }), changeOf({ event: 'instance_gone' })];
    expect(tokens({ generation: 2, status: 'offline' }, raised)).toEqual([
      ...[1, 2, 3].flatMap((version) => [
        `heartbeat 1.${version} runtime 401`,
        `register 1.${version} runtime 401`,
        `register 1.${version} bootstrap 401`,
      ]),
      'heartbeat 2.1 bootstrap 401',
    ]);
  });

  it('are the earlier versions of the present generation, and not the present one', () => {
    expect(tokens({ generation: 1, token_version: 2, status: 'offline' })).toEqual([
      'heartbeat 1.1 runtime 401',
      'register 1.1 runtime 401',
      'register 1.1 bootstrap 401',
      'heartbeat 1.2 bootstrap 401',
    ]);
  });

  it.each<[RegistryRow['status'], string[]]>([
    ['online', ['heartbeat 1.1 runtime 200']],
    ['paused', ['heartbeat 1.1 runtime 409', 'register 1.1 runtime 409', 'register 1.1 bootstrap 401|409']],
    ['hibernated', ['heartbeat 1.1 runtime 409', 'register 1.1 runtime 409', 'register 1.1 bootstrap 401|409']],
    ['removed', ['heartbeat 1.1 runtime 410', 'register 1.1 runtime 410', 'register 1.1 bootstrap 401|410']],
    ['failed', []],
  ])('are answered by the status %s', (status, present) => {
    expect(tokens({ generation: 1, status })).toEqual(['heartbeat 1.1 bootstrap 401', ...present]);
  });
});
