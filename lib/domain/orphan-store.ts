import type { OrphanAction, Owner } from './orphan.ts';
import type { By } from './workspace.ts';

/** An instance as its tags name it; null for a tag that is missing or malformed. */
export type OwnerQuestion = {
  readonly instance_id: string;
  readonly workspace_id: string | null;
  readonly generation: number | null;
};

export type SightingRow = OwnerQuestion & {
  readonly action: OrphanAction;
  readonly reason: string;
  readonly evidence: Readonly<Record<string, unknown>>;
};

/** `run`: a run that is sent twice is the same run. */
export type RecordSightingsInput = { readonly run: string; readonly rows: readonly SightingRow[] };

/**
 * `seen`: the instances that this run has something to say of. `listed`: whether EC2 listed anything at all; an empty
 * list is no proof that an instance is gone.
 */
export type ForgetSightingsInput = By & { readonly seen: readonly string[]; readonly listed: boolean };

export type AdoptInput = By & {
  readonly workspaceId: string;
  readonly instanceId: string;
  readonly tagGeneration: number;
  /** The row's generation that was decided on. */
  readonly rowGeneration: number;
  readonly zone: string | null;
  readonly stoppable: boolean;
  /** ISO 8601 in UTC. */
  readonly launchedAt: string;
  readonly why: string;
};

export type AskTerminationsInput = { readonly run: string; readonly instanceIds: readonly string[] };

/** `ended`: whether EC2 agreed, or no longer knows the instance; else it refused. `answer` is EC2's, for the history. */
export type AnsweredOrphan = { readonly instance_id: string; readonly ended: boolean; readonly answer: string };

export type NoteOrphansInput = By & { readonly rows: readonly AnsweredOrphan[] };

/** The orphan sweep's statements; lists of at most 1,000. */
export type OrphanStore = {
  readRegistry(input: Record<string, never>): Promise<{ readonly registryId: string }>;
  /** Answers every instance that was asked about. */
  readOwners(input: { readonly rows: readonly OwnerQuestion[] }): Promise<readonly Owner[]>;
  /** Forgets what this run did not see; what vanished after EC2 was asked to end it is told as ended. */
  forgetSightings(input: ForgetSightingsInput): Promise<unknown>;
  /** Answers for each sighting in how many runs in a row it was seen. */
  recordSightings(
    input: RecordSightingsInput,
  ): Promise<readonly { readonly instanceId: string; readonly sightings: number }[]>;
  /** Answers the workspace, or nothing when its row is no longer what was decided on. */
  adoptInstance(input: AdoptInput): Promise<{ readonly id: string } | undefined>;
  /** Writes that EC2 is about to be asked; answers only those of which the rows still prove that they are superseded. */
  askTerminations(input: AskTerminationsInput): Promise<readonly { readonly instanceId: string }[]>;
  noteOrphans(input: NoteOrphansInput): Promise<unknown>;
};
