import fc from 'fast-check';
import type { Deed } from './act.ts';

/**
 * At whom a deed is aimed. same: at whom the one before was, since what follows at once meets what is under way.
 * newest: at what is still being created. any: at the `draw`-th, before it is known how many there are.
 */
export type Aim = { readonly at: 'same' | 'newest' | 'any'; readonly draw: number };

export const aims: fc.Arbitrary<Aim> = fc.record({
  at: fc.constantFrom('same', 'same', 'newest', 'any', 'any', 'any'),
  draw: fc.nat({ max: 1_000_000 }),
});

/** Turns aims into numbers of workspaces, in the order of the plan. */
export class Aiming {
  #last = 0;
  /** What was paused and hibernated until here, by the command that ends it. */
  readonly #silenced = { resume: new Set<number>(), wake: new Set<number>() };

  /**
   * What resumes or wakes goes to what was silenced before.
   * @param created how many workspaces there are, at least one
   */
  targetOf(deed: Deed, aim: Aim, created: number): number {
    const command = deed.kind === 'command' ? deed.command : undefined;
    const silenced = command === 'resume' || command === 'wake' ? [...this.#silenced[command]] : [];
    const target = silenced[aim.draw % Math.max(1, silenced.length)] ?? this.#aimed(aim, created);
    if (command === 'pause') this.#silenced.resume.add(target);
    if (command === 'hibernate') this.#silenced.wake.add(target);
    if (command === 'resume' || command === 'wake') this.#silenced[command].delete(target);
    this.#last = target;
    return target;
  }

  #aimed({ at, draw }: Aim, created: number): number {
    switch (at) {
      case 'same':
        return this.#last;
      case 'newest':
        return created - 1;
      case 'any':
        return draw % created;
    }
  }
}
