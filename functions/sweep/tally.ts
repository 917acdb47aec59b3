import { type ConfirmResult, countVerdicts } from '../../lib/domain/confirm.ts';
import { VERDICTS, type Verdict } from '../../lib/domain/verdict.ts';

/** Adds up what a run has found, written and failed at. */
export class Tally {
  owing = false;
  readonly summary = {
    asked: 0,
    flipped: 0,
    owing_start: 0,
    cleared: 0,
    verdicts: { alive: 0, stopped: 0, gone: 0, absent: 0, unknown: 0 },
  };
  readonly #failures: unknown[] = [];

  addSettled(settled: readonly { readonly verdict: Verdict }[]): void {
    this.#addVerdicts(countVerdicts(settled));
  }

  addConfirmed({ verdicts, flipped, owingStart, cleared, owing }: ConfirmResult): void {
    this.#addVerdicts(verdicts);
    this.owing ||= owing;
    this.summary.flipped += flipped.length;
    this.summary.owing_start += owingStart;
    this.summary.cleared += cleared;
  }

  addAbsent(ended: readonly { readonly flipped: boolean; readonly owing: boolean }[]): void {
    this.owing ||= ended.some(({ owing }) => owing);
    this.summary.flipped += ended.filter(({ flipped }) => flipped).length;
    this.summary.cleared += ended.filter(({ flipped }) => !flipped).length;
  }

  /** Does a part of the run whose failure the others outlive; undefined when it failed. */
  async attempt<Result>(part: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await part();
    } catch (error) {
      this.#failures.push(error);
      return undefined;
    }
  }

  /** @throws AggregateError with what the parts failed at, if any did */
  throwFailures(): void {
    const { length } = this.#failures;
    if (length > 0) throw new AggregateError(this.#failures, `${length} parts of the sweep failed`);
  }

  #addVerdicts(verdicts: Readonly<Record<Verdict, number>>): void {
    for (const verdict of VERDICTS) {
      this.summary.verdicts[verdict] += verdicts[verdict];
      this.summary.asked += verdicts[verdict];
    }
  }
}
