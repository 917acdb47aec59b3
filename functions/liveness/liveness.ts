import type { ConvergeRequester } from '../../lib/domain/operation.ts';
import { LIFECYCLE_POLICY } from '../../lib/domain/policy.ts';
import type { Ec2Operation } from '../../lib/domain/status.ts';
import type { By } from '../../lib/domain/workspace.ts';

type Nothing = Record<string, never>;
type Batch = By & { readonly limit: number };
type Owing = { readonly owes: Ec2Operation | null };

type Ports = {
  readonly store: {
    noticeGap(input: {
      gapSeconds: number;
      graceSeconds: number;
    }): Promise<{ inGrace: boolean; partitionMissing: boolean }>;
    ensureEventPartitions(input: Nothing): Promise<{ made: number }>;
    expireLeases(input: Batch): Promise<readonly (Owing & { status: 'degraded' | 'offline' })[]>;
    expireBoots(
      input: Batch & { maxAttempts: number },
    ): Promise<readonly (Owing & { event: 'boot_timed_out' | 'budget_spent' })[]>;
    hibernateIdle(input: Batch): Promise<readonly Owing[]>;
    resetAttempts(input: { limit: number; healthySeconds: number }): Promise<readonly unknown[]>;
    purgeIdempotencyKeys(input: { limit: number }): Promise<readonly unknown[]>;
    recordLivenessRun(input: Nothing): Promise<{ fleetSize: number }>;
  };
  readonly converge: ConvergeRequester;
  /** Tells the metrics and the log of what has happened since; answers how many events there were. */
  readonly consumeEvents: () => Promise<number>;
};

/** Rows a statement: a lock on more would hold up the beats beside it. */
const AT_ONCE = 1_000;

/**
 * Finds what its time has run out for: the silent, the boots that are not heard of, the idle. Each is one set-based
 * statement for the whole fleet, repeated while it is full. What comes to owe EC2 something is asked for at once.
 */
export function createLiveness({ store, converge, consumeEvents }: Ports) {
  const { gapSeconds, graceSeconds, maxAttempts, healthySeconds } = LIFECYCLE_POLICY;
  /** @param timeLeftMs milliseconds in which this run may still begin a statement */
  return async ({ requestId, timeLeftMs }: { requestId: string; timeLeftMs: () => number }) => {
    const whileFull = async <Row>(statement: () => Promise<readonly Row[]>): Promise<readonly Row[]> => {
      const rows: Row[] = [];
      let full = true;
      while (full && timeLeftMs() > 0) {
        const answered = await statement();
        rows.push(...answered);
        full = answered.length === AT_ONCE;
      }
      return rows;
    };
    const batch = { limit: AT_ONCE, actor: 'liveness', requestId };

    const { inGrace, partitionMissing } = await store.noticeGap({ gapSeconds, graceSeconds });
    if (partitionMissing) await store.ensureEventPartitions({});
    const silent = await whileFull(() => store.expireLeases(batch));
    const late = await whileFull(() => store.expireBoots({ ...batch, maxAttempts }));
    const idle = await whileFull(() => store.hibernateIdle(batch));
    const healthy = await whileFull(() => store.resetAttempts({ limit: AT_ONCE, healthySeconds }));
    await whileFull(() => store.purgeIdempotencyKeys({ limit: AT_ONCE }));
    const { fleetSize } = await store.recordLivenessRun({});
    if ([...silent, ...late, ...idle].some(({ owes }) => owes !== null)) await converge.request(null);
    const events = await consumeEvents();

    return {
      fleet: fleetSize,
      in_grace: inGrace,
      degraded: silent.filter(({ status }) => status === 'degraded').length,
      offline: silent.filter(({ status }) => status === 'offline').length,
      boots_timed_out: late.filter(({ event }) => event === 'boot_timed_out').length,
      budgets_spent: late.filter(({ event }) => event === 'budget_spent').length,
      hibernated: idle.length,
      attempts_reset: healthy.length,
      events,
    };
  };
}
