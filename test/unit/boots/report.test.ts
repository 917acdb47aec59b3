import { expect, it } from 'vitest';
import { lineOf, p50, tableOf } from '../../boots/report.ts';
import type { Outcome } from '../../boots/run/run-case.ts';
import { eventAt, installedAt } from './told-events.ts';

const booted: Outcome = {
  way: 'resumed',
  weather: 'rough',
  number: 0,
  seconds: 4.25,
  events: [
    eventAt(1, 'register', { to_status: 'online' }),
    eventAt(1.1, 'lease_renewed'),
    eventAt(2, 'plan_made', { evidence: { found_by: 'schedule', seconds: 1, plan_id: 'abc' } }),
    eventAt(3, 'plugin_failed', { reason: 'it broke off', evidence: { name: 'seo-all' } }),
    installedAt(5.25),
    eventAt(5.3, 'reconciled', { evidence: { because: 'register' } }),
  ],
  missing: undefined,
};

it('tells a boot in one line: way, weather, seconds, and the events that explain them', () => {
  expect(lineOf(booted)).toBe(
    'rough  resumed            4.3 s  +0.0 register → online → +1.0 plan_made (found_by schedule, seconds 1)' +
      ' → +2.0 plugin_failed "it broke off" (name seo-all) → +4.3 plugin_installed (name seo-all, version 1.0.0)' +
      ' → +4.3 reconciled (because register)',
  );
});

it('tells why a plugin is missing, with all that happened', () => {
  const line = lineOf({ ...booted, seconds: undefined, missing: 'the disk does not have it' });
  expect(line).toMatch(/^rough {2}resumed +– {2}MISSING: the disk does not have it {2}\+0\.0 register.*lease_renewed/);
  expect(lineOf({ ...booted, events: [], missing: 'no boot' })).toMatch(/MISSING: no boot$/);
});

it('counts what is there by way and weather, with the middle and the slowest', () => {
  const outcomes = [
    booted,
    { ...booted, seconds: 1 },
    { ...booted, seconds: 9 },
    { ...booted, seconds: undefined, missing: 'x' },
  ];
  const table = tableOf([...outcomes, { ...booted, weather: 'calm', seconds: undefined, missing: 'x' }]);
  expect(table).toMatch(/resumed +│ rough +│ +3 of 4 │ +4\.3 s │ +9\.0 s/);
  expect(table).toMatch(/resumed +│ calm +│ +0 of 1 │ +– │ +–/);
});

it('takes the middle one, or the upper of two', () => {
  expect(p50([9, 1, 2])).toBe(2);
  expect(p50([4, 1, 3, 2])).toBe(3);
});
