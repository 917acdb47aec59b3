import { randomUUID } from 'node:crypto';
import { consumerOf } from './events.ts';
import type { Count, Counter, Time } from './metrics.ts';

/** How many events of one kind there were. */
export type EventCount = {
  readonly event: string;
  readonly count: number;
  /** How many of them were for an absence. */
  readonly absent: number;
  /** How long the provisioning had lasted that they ended by online; of more than a hundred every percentile. */
  readonly provisioningSeconds: readonly number[];
};

export type CountEventsInput = {
  /** A run that is sent twice counts once. */
  readonly run: string;
  /** Events younger than this wait for the next run. */
  readonly lagSeconds: number;
};

type Ports = {
  readonly store: { countEvents(input: CountEventsInput): Promise<readonly EventCount[]> };
  readonly count: Count;
  readonly time: Time;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
};

/** Longer than the 45 s that a statement of the Data API can take to commit the event that it has dated. */
const LAG_SECONDS = 60;

/**
 * Tells the metrics and the log of each event once, by what lib/domain/events.ts declares. What is counted and then
 * lost with its run is not counted again: the history, not a metric, is what happened.
 */
export function createEventConsumer({ store, count, time, log }: Ports) {
  /** @returns how many events there were */
  return async (): Promise<number> => {
    const found = await store.countEvents({ run: randomUUID(), lagSeconds: LAG_SECONDS });
    const counted = new Map<Counter, number>();
    const add = (counter: Counter, times: number) => counted.set(counter, (counted.get(counter) ?? 0) + times);
    const logged: Record<string, number> = {};
    for (const { event, count: times, absent } of found) {
      const consumer = consumerOf(event);
      switch (consumer?.by) {
        case 'metric':
        case 'alarm':
          add(consumer.metric, times);
          break;
        case 'verdict':
          add(consumer.metric, times - absent);
          add(consumer.absent, absent);
          break;
        case 'log':
        // An event that this version does not know is told rather than dropped.
        case undefined:
          logged[event] = times;
          break;
        case 'nobody':
          break;
      }
    }
    for (const [counter, times] of counted) count(counter, times);
    time(
      'ProvisioningTime',
      found.flatMap(({ provisioningSeconds }) => provisioningSeconds),
    );
    if (Object.keys(logged).length > 0) log('events', logged);
    return found.reduce((sum, { count: times }) => sum + times, 0);
  };
}
