/** Holds back all who come until everybody has come, or has gone away. */
export class Gate {
  readonly #open: () => Promise<void>;
  readonly #opened = Promise.withResolvers<void>();
  #expected: number;

  /** @param open what is done once, when the last has come */
  constructor(expected: number, open: () => Promise<void>) {
    this.#expected = expected;
    this.#open = open;
  }

  /** One way through for one of those expected. */
  pass(): { readonly arrive: () => Promise<void>; readonly leave: () => void } {
    let counted = false;
    const count = () => {
      if (counted) return;
      counted = true;
      this.#expected -= 1;
      if (this.#expected === 0) this.#open().then(this.#opened.resolve, this.#opened.reject);
    };
    return {
      arrive: async () => {
        count();
        await this.#opened.promise;
      },
      leave: count,
    };
  }
}
