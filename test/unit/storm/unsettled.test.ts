import { expect, it } from 'vitest';
import { unsettled } from '../../storm/check/unsettled.ts';
import type { Ec2Instance } from '../../storm/registry/instances.ts';
import type { RegistryRow } from '../../storm/registry/records.ts';
import { INSTANCE_ID, instanceOf, rowOf, sightOf } from './records.ts';

const why = (row: Partial<RegistryRow>, instance: Partial<Ec2Instance> = {}, killed = new Map<string, Date>()) =>
  unsettled(sightOf([rowOf(row)], [instanceOf(instance)]), killed).map(({ what }) => what);

const BOOTED = new Date('2026-01-01T00:00:00Z');
const LATER = new Date('2026-01-01T00:00:01Z');

it.each<[string, RegExp, Partial<RegistryRow>, Partial<Ec2Instance>]>([
  ['what is owed', /owes launch/, { ec2_op: 'launch' }, {}],
  ['what is held', /is held/, { leased: true }, {}],
  ['a superseded instance', /previous instance/, { previous_instance_id: 'i-1' }, {}],
  ['a boot', /boots/, { status: 'provisioning' }, {}],
  ['a lease that has run out', /lease has run out/, { in_lease: false }, {}],
  ['a reconcile', /reconcile is owed/, { reconcile_owed: true }, {}],
  ['silence', /is silent/, { status: 'degraded', status_reason: 'lease_expired' }, {}],
  ['an instance that stops', /is stopping/, { status: 'paused' }, { state: 'stopping' }],
  ['an instance that is gone', /is gone/, { status: 'paused' }, { state: 'terminated' }],
  ['a runtime that nobody hears', /not heard/, { status: 'offline' }, {}],
  ['a runtime that a failed workspace does not hear', /not heard/, { status: 'failed' }, {}],
])('waits for %s', (_, what, row, instance) => {
  expect(why(row, instance).join('\n')).toMatch(what);
});

it.each<[string, Partial<RegistryRow>, Partial<Ec2Instance>]>([
  ['online and owing nothing', {}, {}],
  ['provisioning, held by a person', { status: 'provisioning', stopped_by: 'user' }, { state: 'stopped' }],
  ['degraded for its error rate', { status: 'degraded', status_reason: 'error_rate' }, {}],
  ['offline, its only tokens handed to nobody', { status: 'offline', token_version: 2 }, {}],
  ['offline and stopped', { status: 'offline' }, { state: 'stopped' }],
])('leaves as it is what is %s', (_, row, instance) => {
  expect(why(row, instance)).toEqual([]);
});

it('waits for no runtime whose process was killed, until EC2 boots it again', () => {
  const offline = { status: 'offline', boot_asked_at: BOOTED } as const;
  expect(why(offline, {}, new Map([[INSTANCE_ID, LATER]]))).toEqual([]);
  expect(why({ ...offline, boot_asked_at: LATER }, {}, new Map([[INSTANCE_ID, BOOTED]]))).not.toEqual([]);
});
