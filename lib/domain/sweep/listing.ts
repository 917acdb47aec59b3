import type { InstanceState } from '../verdict.ts';

/** What a listing of one zone showed. It may have ended early: what it lacks proves nothing in any case. */
export type ZoneListing = {
  readonly zone: string;
  readonly states: ReadonlyMap<string, InstanceState>;
  /** complete: every page was read; else why not: `deadline`, or EC2's error. */
  readonly end: string;
};

export type ZoneLister = {
  /** Lists the living instances of a registry in one zone; never throws. */
  listZone(registryId: string, zone: string): Promise<ZoneListing>;
};

/** What the calls of one run came to; a call that is repeated counts each time. */
export type Ec2Calls = { readonly made: number; readonly throttled: number; readonly failed: number };
