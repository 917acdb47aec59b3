import { expect, it } from 'vitest';
import { told } from '../../boots/registry/history.ts';
import { eventAt, installedAt } from './told-events.ts';

const plugin = { name: 'seo-all', version: '1.0.0' };
const sought = { after: 0, begins: ['register', 'beat_healthy'], plugin };

it('tells the seconds from the boot to its plugin, and what happened since', () => {
  const events = [
    eventAt(0, 'created'),
    eventAt(2, 'register'),
    eventAt(3, 'plan_made'),
    installedAt(4.5),
    installedAt(9),
  ];
  const history = told(events, sought);
  expect(history?.seconds).toBe(2.5);
  expect(history?.events).toEqual(events.slice(1));
});

it.each([
  ['no boot', [eventAt(0, 'created'), installedAt(1)]],
  ['no plugin', [eventAt(0, 'register'), eventAt(1, 'plan_made')]],
  ['another version', [eventAt(0, 'register'), installedAt(1, '1.1.0')]],
  ['another plugin', [eventAt(0, 'register'), installedAt(1, '1.0.0', 'other')]],
  ['a plugin that was there before the boot alone', [installedAt(0), eventAt(1, 'register')]],
])('tells nothing of %s', (_, events) => {
  expect(told(events, sought)).toBeUndefined();
});

it('does not take an earlier boot for the one that is sought', () => {
  const events = [
    eventAt(0, 'register'),
    installedAt(1),
    eventAt(5, 'pause'),
    eventAt(6, 'beat_healthy'),
    installedAt(8),
  ];
  const [, , pause] = events;
  expect(told(events, { ...sought, after: pause?.id ?? 0 })?.seconds).toBe(2);
  expect(told(events.slice(0, 3), { ...sought, after: pause?.id ?? 0 })).toBeUndefined();
});
