import type { DeclaredPlugin, PublishedPlugin } from '../../../infra/local/artefacts/start-artefacts.ts';
import type { Stack } from '../../../infra/local/stack/start-stack.ts';
import type { Schedules } from '../../storm/run/schedules.ts';
import type { Ageing } from '../registry/ageing.ts';
import type { Sought } from '../registry/history.ts';
import type { Operator } from '../registry/operator.ts';

/** What the ways of booting have to do with. */
export type Boots = {
  readonly stack: Stack;
  readonly operator: Operator;
  readonly ageing: Ageing;
  readonly schedules: Schedules;
  /** Two versions of a plugin; the second is declared over the first. */
  readonly plugin: { readonly first: PublishedPlugin; readonly second: PublishedPlugin };
  /** Runs something beside, until the end. */
  readonly beside: (name: string, work: (stop: AbortSignal) => Promise<void>) => void;
  /** Over when a way has taken so long that its plugin is taken for missing. */
  readonly patience: AbortSignal;
};

/** A boot that has begun. */
export type Booted = Omit<Sought, 'plugin'> & {
  readonly workspaceId: string;
  /** What is to be in place in the end. */
  readonly plugin: DeclaredPlugin;
  /** Where the runtime has its plugins now. */
  readonly home: () => Promise<string>;
};

/**
 * One way in which a runtime comes to be there.
 * @param name of its workspace
 * @param source where its artefact is to come from
 * @param turn waits for the weather: what comes before it is only the way to where the boot begins
 */
export type Way = (
  boots: Boots,
  about: { readonly name: string; readonly source: keyof PublishedPlugin; readonly turn: () => Promise<void> },
) => Promise<Booted>;
