import { DEFAULT_POLICY, LIFECYCLE_POLICY } from '../../lib/domain/policy.ts';
import type { LivenessPorts, WhileFull } from './ports.ts';
import { createSilence } from './silence.ts';

/** Rows a statement: a lock on more would hold up the beats beside it. */
const AT_ONCE = 1_000;

/**
 * Finds what its time has run out for: the silent, the boots that are not heard of, the idle. Each is one set-based
 * statement for the whole fleet, repeated while it is full. What comes to owe EC2 something is asked for at once.
 */
export function createLiveness(ports: LivenessPorts) {
  const { store, converge, count, measure, consumeEvents } = ports;
  const { maxAttempts, healthySeconds } = LIFECYCLE_POLICY;
  const silence = createSilence(ports);
  /** @param timeLeftMs milliseconds in which this run may still begin a statement */
  return async ({ requestId, timeLeftMs }: { requestId: string; timeLeftMs: () => number }) => {
    const whileFull: WhileFull = async (statement) => {
      const rows = [];
      let full = true;
      while (full && timeLeftMs() > 0) {
        const answered = await statement();
        rows.push(...answered);
        full = answered.length === AT_ONCE;
      }
      return rows;
    };
    const batch = { limit: AT_ONCE, actor: 'liveness', requestId };

    const { silence: surveyed, inGrace, partitionMissing } = await silence.survey();
    if (partitionMissing) await store.ensureEventPartitions({});
    const { silent, owing, ec2Error } = await silence.expire(batch, whileFull, surveyed, inGrace);
    const late = await whileFull(() => store.expireBoots({ ...batch, maxAttempts }));
    const idle = await whileFull(() => store.hibernateIdle(batch));
    const healthy = await whileFull(() => store.resetAttempts({ limit: AT_ONCE, healthySeconds }));
    await whileFull(() => store.purgeIdempotencyKeys({ limit: AT_ONCE }));
    const planPaceForSeconds = DEFAULT_POLICY.plan_pace_for_seconds;
    const { fleetSize, waitingSize } = await store.recordLivenessRun({ planPaceForSeconds });
    if ([...silent, ...owing, ...late, ...idle].some(({ owes }) => owes !== null)) await converge.request(null);
    measure({ ...(await store.measureFleet({})), LeasesHeld: surveyed.heldCount });
    const events = await consumeEvents();
    count('LivenessRuns');

    return {
      fleet: fleetSize,
      waiting: waitingSize,
      in_grace: inGrace,
      is_outage: surveyed.isOutage,
      held: surveyed.heldCount,
      held_zones: surveyed.held,
      degraded: silent.filter(({ status }) => status === 'degraded').length,
      offline: silent.filter(({ status }) => status === 'offline').length,
      impaired_unknown: ec2Error,
      boots_timed_out: late.filter(({ event }) => event === 'boot_timed_out').length,
      budgets_spent: late.filter(({ event }) => event === 'budget_spent').length,
      hibernated: idle.length,
      attempts_reset: healthy.length,
      events,
    };
  };
}
