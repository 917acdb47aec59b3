import type { Instance } from './instance.ts';

/** Instances in the order of their launch, so that a page begins where its token says without a walk up to it. */
export class LaunchOrder {
  readonly #instances: Instance[] = [];

  /** Adds one that was launched after all that are there. */
  append(instance: Instance): void {
    this.#instances.push(instance);
  }

  remove(instance: Instance): void {
    this.#instances.splice(this.#firstAfter(instance.sequence - 1), 1);
  }

  /** Those launched after this one, by its `sequence`; 0: all of them. */
  *after(sequence: number): Generator<Instance> {
    for (let at = this.#firstAfter(sequence); at < this.#instances.length; at++) {
      const instance = this.#instances[at];
      if (instance) yield instance;
    }
  }

  /** The index of the first one launched after `sequence`, by halving. */
  #firstAfter(sequence: number): number {
    let low = 0;
    let high = this.#instances.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#instances[middle]?.sequence ?? 0) > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
