import type { By } from './workspace.ts';

/** What EC2 can warn of: what it will do to a Spot Instance in two minutes, or that this has become likely. */
export const WARNINGS = ['spot-terminate', 'spot-stop', 'spot-hibernate', 'rebalance'] as const;

export type Warning = (typeof WARNINGS)[number];

/** The label that a warned workspace has until its next generation; its value is the warning. */
export const INTERRUPTION_LABEL = 'muster:interruption';

/** The warnings after which this one has nothing new to say: a repeat, or a risk where the loss is announced. */
export const SAID_BY = {
  'spot-terminate': ['spot-terminate'],
  'spot-stop': ['spot-stop'],
  'spot-hibernate': ['spot-hibernate'],
  rebalance: WARNINGS,
} as const satisfies Record<Warning, readonly Warning[]>;

/** What EventBridge tells of an instance: a reason to ask EC2 about it, and maybe a warning. */
export type Hint = {
  readonly instanceId: string;
  /** `at`: when EC2 gave it, ISO 8601. */
  readonly warned: { readonly of: Warning; readonly at: string } | null;
};

export type NoteHintInput = Hint & By;

/** `owner`: of one round of answers. `holdSeconds`: how long a crashed one keeps the others from answering. */
export type ClaimHintsInput = { readonly owner: string; readonly holdSeconds: number };

export type TakeHintsInput = ClaimHintsInput & {
  readonly limit: number;
  /** How long a warning of a termination is good for. */
  readonly warningSeconds: number;
  /** After which a hint is left to the sweep, which has asked meanwhile. */
  readonly staleSeconds: number;
};

/** A noted hint as it was taken. */
export type TakenHint = {
  readonly instanceId: string;
  /** PostgreSQL's text of the time of the newest hint of the instance; opaque here, so that no microsecond is lost. */
  readonly hintedAt: string;
  /** EC2 has warned that it will terminate the instance, and that warning is still good. */
  readonly doomed: boolean;
  readonly stale: boolean;
};

/** `restSeconds`: for how long nobody is to answer. */
export type ReleaseHintsInput = { readonly owner: string; readonly restSeconds: number };

export type SettleHintsInput = {
  readonly rows: readonly { readonly instance_id: string; readonly hinted_at: string }[];
};

/** `asked_at`: when the row was read, before EC2 was asked. `registry_id`: what EC2 shows as the instance's tag. */
export type ReplaceInterruptedInput = By & {
  readonly rows: readonly {
    readonly workspace_id: string;
    readonly instance_id: string;
    readonly generation: number;
    readonly asked_at: string;
    readonly registry_id: string;
    readonly evidence: Readonly<Record<string, unknown>>;
  }[];
};
