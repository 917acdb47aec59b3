import fc from 'fast-check';
import { COMMAND_NAMES, type Command } from '../../../lib/domain/command.ts';
import { RESTART_POLICIES, type RestartPolicy } from '../../../lib/domain/workspace.ts';

/** What happens to instances without a call of ours, by the names of the EC2 server's control routes. */
export const OUTSIDE_ACTS = ['terminate', 'stop', 'kill-process'] as const;

export type OutsideAct = (typeof OUTSIDE_ACTS)[number];

/** A workspace as it is asked for. */
export type Wish = {
  readonly policy: RestartPolicy;
  /** Whether its instances can be stopped: else they are one-time Spot instances. */
  readonly stoppable: boolean;
  /** Whether a plugin is declared for it. */
  readonly plugin: boolean;
  /** Milliseconds after which its creator hangs up, and asks again with the same key. */
  readonly patienceMs: number;
};

/** What is done to a workspace that is there. */
export type Deed =
  | { readonly kind: 'command'; readonly command: Command; readonly replace: boolean }
  | { readonly kind: 'reissue' }
  | { readonly kind: 'outside'; readonly act: OutsideAct };

/** `workspace`: the one that was created as this number, from 0. */
export type Act = (Deed | { readonly kind: 'create'; readonly wish: Wish }) & { readonly workspace: number };

export const wishes: fc.Arbitrary<Wish> = fc.record({
  policy: fc.oneof(
    { weight: 6, arbitrary: fc.constant<RestartPolicy>('on_instance_loss') },
    { weight: 3, arbitrary: fc.constantFrom(...RESTART_POLICIES) },
  ),
  stoppable: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  plugin: fc.oneof({ weight: 1, arbitrary: fc.constant(true) }, { weight: 4, arbitrary: fc.constant(false) }),
  patienceMs: fc.oneof(
    { weight: 2, arbitrary: fc.constant(35_000) },
    { weight: 1, arbitrary: fc.integer({ min: 50, max: 3_000 }) },
  ),
});

/** How often each command comes, beside the others. */
const WEIGHTS = {
  restart: 18,
  pause: 14,
  resume: 14,
  hibernate: 9,
  wake: 9,
  remove: 5,
} as const satisfies Record<Command, number>;

export const deeds: fc.Arbitrary<Deed> = fc.oneof(
  ...COMMAND_NAMES.map((command) => ({
    weight: WEIGHTS[command],
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      command: fc.constant(command),
      replace: command === 'restart' ? fc.boolean() : fc.constant(false),
    }),
  })),
  { weight: 3, arbitrary: fc.constant({ kind: 'reissue' as const }) },
  {
    weight: 32,
    arbitrary: fc.record({ kind: fc.constant('outside' as const), act: fc.constantFrom(...OUTSIDE_ACTS) }),
  },
);
