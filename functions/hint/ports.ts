import type { Candidate } from '../../lib/domain/candidate.ts';
import type { ConfirmStore, InstanceInquirer } from '../../lib/domain/confirm.ts';
import type {
  ClaimHintsInput,
  NoteHintInput,
  ReleaseHintsInput,
  ReplaceInterruptedInput,
  SettleHintsInput,
  TakeHintsInput,
  TakenHint,
} from '../../lib/domain/hint.ts';
import type { ConvergeRequester } from '../../lib/domain/operation.ts';

type Ids = readonly { readonly id: string }[];

export type HintStore = ConfirmStore & {
  /**
   * known: a row of ours has the instance, or had it last. marked: the warning was new to its workspace. free: nobody is
   * answering; who is, looks once more after this was committed.
   */
  noteHint(input: NoteHintInput): Promise<{ known: boolean; marked: boolean; free: boolean }>;
  claimHints(input: ClaimHintsInput): Promise<{ claimed: true } | undefined>;
  takeHints(input: TakeHintsInput): Promise<readonly TakenHint[]>;
  findCandidates(input: { instanceIds: readonly string[] }): Promise<readonly Candidate[]>;
  /** Answers the workspaces that now owe their replacement. */
  replaceInterrupted(input: ReplaceInterruptedInput): Promise<Ids>;
  /** Answers the workspaces whose time has come by it. */
  hastenOperations(input: { instanceIds: readonly string[]; withinSeconds: number }): Promise<Ids>;
  settleHints(input: SettleHintsInput): Promise<unknown>;
  releaseHints(input: ReleaseHintsInput): Promise<unknown>;
};

export type HintPorts = {
  readonly store: HintStore;
  readonly ec2: InstanceInquirer;
  readonly converge: ConvergeRequester;
  /** Seconds after which EC2 would be asked again anyway for what is owed. */
  readonly pollSeconds: number;
  /** Milliseconds for which hints gather before EC2 is asked about all of them. */
  readonly gatherMs: number;
  readonly pause: (ms: number) => Promise<unknown>;
};
