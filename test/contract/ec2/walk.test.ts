import { describe, expect, it } from 'vitest';
import { walkFor } from '../../../infra/local/ec2/actions/walk.ts';
import { Sight } from '../../../infra/local/ec2/fleet/sight.ts';
import { addTo, newFleet } from './fleet.ts';

const filter = (Name: string, ...Value: string[]) => ({ Name, Value });
const registry = filter('tag:muster:registry', 'r1');

/** Ten instances, every second one in zone b. */
function tenIn2Zones() {
  const fleet = newFleet();
  const instances = Array.from({ length: 10 }, (_, index) =>
    addTo(fleet, 'running', {
      zone: index % 2 === 0 ? 'us-east-1a' : 'us-east-1b',
      clientToken: index % 3 === 0 ? 'third' : undefined,
    }),
  );
  return { fleet, instances, sight: new Sight(fleet) };
}

describe('A listing looks at', () => {
  it('the instances of the one zone that it filters by, from its page’s first on, and no others', () => {
    const { instances, sight } = tenIn2Zones();
    const walk = walkFor([], [registry, filter('availability-zone', 'us-east-1b')], sight);
    const ofZone = instances.filter((_, index) => index % 2 === 1);
    expect([...walk(0)]).toEqual(ofZone);
    expect([...walk(4)]).toEqual(ofZone.slice(2));
    expect([...walk(5)]).toEqual(ofZone.slice(2));
    expect([...walk(10)]).toEqual([]);
  });

  it.each([
    ['no zone', []],
    ['several zones', [filter('availability-zone', 'us-east-1a', 'us-east-1b')]],
    ['a zone by wildcard', [filter('availability-zone', 'us-east-1?')]],
  ])('all instances from its page’s first on when it filters by %s', (_what, filters) => {
    const { instances, sight } = tenIn2Zones();
    expect([...walkFor([], filters, sight)(7)]).toEqual(instances.slice(7));
  });

  it('those that it names alone, in the order of their launch', () => {
    const { instances, sight } = tenIn2Zones();
    const ids = instances.map(({ id }) => id);
    const byFilter = walkFor([], [filter('instance-id', ids[8] ?? '', ids[2] ?? '', ids[5] ?? '')], sight);
    expect([...byFilter(3)]).toEqual([instances[5], instances[8]]);
    const byToken = walkFor([], [filter('client-token', 'third', 'none')], sight);
    expect([...byToken(1)]).toEqual([instances[3], instances[6], instances[9]]);
    expect([...walkFor([ids[4] ?? '', ids[1] ?? ''], [], sight)(0)]).toEqual([instances[1], instances[4]]);
  });

  it('none that was forgotten', () => {
    const { fleet, instances, sight } = tenIn2Zones();
    for (const index of [0, 5, 9]) {
      const instance = instances[index];
      if (instance) fleet.forget(instance);
    }
    expect([...walkFor([], [], sight)(0)]).toEqual(instances.filter((_, index) => ![0, 5, 9].includes(index)));
    const ofB = walkFor([], [filter('availability-zone', 'us-east-1b')], sight);
    expect([...ofB(0)]).toEqual([instances[1], instances[3], instances[7]]);
  });
});
