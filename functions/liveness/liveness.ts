type Ports = {
  readonly store: {
    recordLivenessRun(input: Record<string, never>): Promise<{ fleetSize: number }>;
    expireLeases(input: {
      limit: number;
      actor: string;
      requestId: string;
    }): Promise<readonly { id: string; status: 'degraded' | 'offline' }[]>;
  };
};

/** Rows a statement: a lock on more would hold up the beats beside it. */
const AT_ONCE = 1_000;

/** Finds the silent: one set-based statement for the whole fleet, repeated while it is full. */
export function createLiveness({ store }: Ports) {
  return async ({ requestId, timeLeftMs }: { requestId: string; timeLeftMs: () => number }) => {
    const { fleetSize } = await store.recordLivenessRun({});
    const expired = { degraded: 0, offline: 0 };
    let full = true;
    while (full && timeLeftMs() > 0) {
      const flipped = await store.expireLeases({ limit: AT_ONCE, actor: 'liveness', requestId });
      for (const { status } of flipped) expired[status] += 1;
      full = flipped.length === AT_ONCE;
    }
    return { fleet: fleetSize, ...expired };
  };
}
