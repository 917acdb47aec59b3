import type { BrakePolicy } from '../../lib/domain/brake.ts';
import type { Candidate } from '../../lib/domain/candidate.ts';
import type { ConfirmStore, InstanceInquirer } from '../../lib/domain/confirm.ts';
import type { Count } from '../../lib/domain/metrics.ts';
import type { ConvergeRequester } from '../../lib/domain/operation.ts';
import type {
  AbsenceFacts,
  AbsencePolicy,
  FlipAbsentInput,
  NoteAbsencesInput,
} from '../../lib/domain/sweep/absence.ts';
import type { Ec2Calls, ZoneLister } from '../../lib/domain/sweep/listing.ts';

export type FleetStore = {
  readRegistry(input: Record<string, never>): Promise<{ registryId: string }>;
  readCandidates(page: { after: string; limit: number }): Promise<readonly Candidate[]>;
};

export type AbsenceStore = {
  noteAbsences(input: NoteAbsencesInput): Promise<readonly AbsenceFacts[]>;
  forgetAbsences(input: NoteAbsencesInput): Promise<readonly { id: string }[]>;
  flipAbsent(input: FlipAbsentInput): Promise<readonly { id: string; flipped: boolean; owing: boolean }[]>;
};

export type SweepStore = ConfirmStore &
  FleetStore &
  AbsenceStore & {
    claimSweep(input: {
      owner: string;
      holdSeconds: number;
    }): Promise<{ fence: number; cursor: string | null } | undefined>;
    advanceSweep(input: { fence: number; cursor: string | null }): Promise<unknown>;
    finishSweep(input: { fence: number; backlog: number; held: number }): Promise<unknown>;
  };

export type SweepEc2 = ZoneLister & InstanceInquirer & { readonly calls: Ec2Calls };

/** What decides over absences. */
export type Thresholds = { readonly absence: AbsencePolicy; readonly brake: BrakePolicy };

export type SweepPorts = Thresholds & {
  readonly store: SweepStore;
  /** @param ms after which nothing more is asked of EC2 */
  readonly openEc2: (ms: number) => SweepEc2;
  readonly converge: ConvergeRequester;
  readonly count: Count;
};
