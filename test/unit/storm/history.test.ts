import { expect, it } from 'vitest';
import { historyFaults } from '../../storm/check/history.ts';
import type { RegistryEvent } from '../../storm/registry/records.ts';
import { changeOf, rowOf } from './records.ts';

const CREATED = changeOf({});
const REGISTERED = changeOf({ id: 2, event: 'register', from_status: 'provisioning', to_status: 'online' });
const NOTICE = changeOf({ id: 3, event: 'new_boot', to_status: null, generation: 1 });
const PAUSED = changeOf({ id: 4, event: 'pause', from_status: 'online', to_status: 'paused', generation: 2 });

const faults = (events: readonly RegistryEvent[], row = rowOf({ status: 'paused' })) =>
  historyFaults([row], events)
    .map(({ what }) => what)
    .join('\n');

it('finds nothing in a history without a gap, whatever else it tells', () => {
  expect(faults([CREATED, REGISTERED, NOTICE, PAUSED])).toBe('');
});

it.each<[string, RegExp, RegistryEvent[]]>([
  ['a workspace without a history', /has no history/, [NOTICE]],
  ['a history that does not begin with created', /comes after null/, [REGISTERED, PAUSED]],
  ['a change that is missing', /pause from online to paused, comes after provisioning/, [CREATED, PAUSED]],
  ['a change that nobody has written', /history ends at online/, [CREATED, REGISTERED]],
  [
    'a change that is not in the table',
    /register from online to paused, is not in the status table/,
    [CREATED, REGISTERED, { ...PAUSED, event: 'register' }],
  ],
  ['a generation that falls', /falls from generation 3/, [CREATED, { ...REGISTERED, generation: 3 }, PAUSED]],
  [
    'a generation above the row',
    /of generation 2, and its history of 9/,
    [CREATED, REGISTERED, { ...PAUSED, generation: 9 }],
  ],
  [
    'a way out of removed',
    /is not in the status table/,
    [
      CREATED,
      { ...REGISTERED, event: 'remove', to_status: 'removed' },
      { ...PAUSED, from_status: 'removed', to_status: 'paused' },
    ],
  ],
])('finds %s', (_, what, events) => {
  expect(faults(events)).toMatch(what);
});

it('does not take one workspace for another', () => {
  const other = { ...rowOf({ status: 'provisioning' }), id: '01a1feb0-0000-7000-8000-000000000002' };
  const events = [CREATED, { ...CREATED, id: 5, workspace_id: other.id }, REGISTERED, PAUSED];
  expect(historyFaults([rowOf({ status: 'paused' }), other], events)).toEqual([]);
});
