import type { Zone } from './brake.ts';
import type { Status } from './status.ts';

/** A workspace that believes in an instance, as the registry read it at `askedAt`, before EC2 was asked. */
export type Candidate = {
  readonly workspaceId: string;
  readonly instanceId: string;
  readonly generation: number;
  readonly status: Status;
  readonly zone: Zone;
  /** A person has stopped the instance, which is not fought. */
  readonly held: boolean;
  /** EC2's answers may be older than what was last asked of it. */
  readonly settling: boolean;
  /** Its status is what it is since its lease ran out. */
  readonly silenced: boolean;
  /** EC2 is owed an operation. */
  readonly owing: boolean;
  /** The restart policy lets Muster start or launch it again. */
  readonly mended: boolean;
  /** An earlier sweep did not find the instance. */
  readonly missing: boolean;
  /** PostgreSQL's text of the time of reading; opaque here, so that no microsecond is lost. */
  readonly askedAt: string;
};
