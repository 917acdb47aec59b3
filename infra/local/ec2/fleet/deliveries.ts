/** Hands things to a receiver that may be slow or fail, and knows which are under way. */
export class Deliveries<Thing> {
  readonly #receive: (thing: Thing) => void | Promise<void>;
  readonly #report: (error: unknown) => void;
  readonly #underWay = new Set<Promise<void>>();

  constructor(receive: (thing: Thing) => void | Promise<void>, report: (error: unknown) => void) {
    this.#receive = receive;
    this.#report = report;
  }

  /** Returns at once; a failure is reported and the thing is lost, as an event that EventBridge gives up on. */
  deliver(thing: Thing): void {
    const receive = async () => this.#receive(thing);
    const delivery = receive()
      .catch(this.#report)
      .finally(() => this.#underWay.delete(delivery));
    this.#underWay.add(delivery);
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}
