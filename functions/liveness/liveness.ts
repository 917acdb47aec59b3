type Nothing = Record<string, never>;

type Ports = {
  readonly store: {
    noticeGap(input: {
      gapSeconds: number;
      graceSeconds: number;
    }): Promise<{ inGrace: boolean; partitionMissing: boolean }>;
    ensureEventPartitions(input: Nothing): Promise<{ made: number }>;
    expireLeases(input: {
      limit: number;
      actor: string;
      requestId: string;
    }): Promise<readonly { id: string; status: 'degraded' | 'offline' }[]>;
    recordLivenessRun(input: Nothing): Promise<{ fleetSize: number }>;
  };
};

/** Rows a statement: a lock on more would hold up the beats beside it. */
const AT_ONCE = 1_000;

/** Three runs missed are our own outage. The grace lets every runtime beat again, one lease and a half. */
const GAP_SECONDS = 180;
const GRACE_SECONDS = 270;

/** Finds the silent: one set-based statement for the whole fleet, repeated while it is full. */
export function createLiveness({ store }: Ports) {
  /** @param timeLeftMs milliseconds in which this run may still begin a statement */
  return async ({ requestId, timeLeftMs }: { requestId: string; timeLeftMs: () => number }) => {
    const { inGrace, partitionMissing } = await store.noticeGap({
      gapSeconds: GAP_SECONDS,
      graceSeconds: GRACE_SECONDS,
    });
    if (partitionMissing) await store.ensureEventPartitions({});
    const expired = { degraded: 0, offline: 0 };
    let full = true;
    while (full && timeLeftMs() > 0) {
      const flipped = await store.expireLeases({ limit: AT_ONCE, actor: 'liveness', requestId });
      for (const { status } of flipped) expired[status] += 1;
      full = flipped.length === AT_ONCE;
    }
    const { fleetSize } = await store.recordLivenessRun({});
    return { fleet: fleetSize, in_grace: inGrace, ...expired };
  };
}
