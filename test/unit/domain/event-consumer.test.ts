import { expect, it } from 'vitest';
import { createEventConsumer, type EventCount } from '../../../lib/domain/event-consumer.ts';

async function consumed(...found: readonly Partial<EventCount>[]) {
  const told: unknown[] = [];
  const none = { event: 'pause', count: 1, absent: 0, provisioningSeconds: [] };
  const consume = createEventConsumer({
    store: { countEvents: async () => found.map((given) => ({ ...none, ...given })) },
    count: (counter, value) => void told.push([counter, value]),
    time: (timing, values) => void told.push([timing, values]),
    log: (message, details) => void told.push([message, details]),
  });
  return { events: await consume(), told };
}

it('a flip is counted by what EC2 said: that the instance is gone, or nothing of it any more', async () => {
  expect(await consumed({ event: 'instance_gone', count: 5, absent: 2 })).toEqual({
    events: 5,
    told: expect.arrayContaining([
      ['InstancesGone', 3],
      ['InstancesAbsent', 2],
    ]),
  });
});

it('how long provisioning took is told of all events that ended it together', async () => {
  const { told } = await consumed(
    { event: 'register', provisioningSeconds: [40, 90] },
    { event: 'beat_healthy', provisioningSeconds: [7] },
  );
  expect(told).toContainEqual(['ProvisioningTime', [40, 90, 7]]);
});
