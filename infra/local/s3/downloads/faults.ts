import { chance } from '../../chance.ts';

/** cut: the connection ends in the middle of the body. error: 500. expired: 403, as for a link that is too old. */
export const DOWNLOAD_FAULTS = ['cut', 'error', 'expired'] as const;

export type DownloadFault = (typeof DOWNLOAD_FAULTS)[number];

/** The part of the downloads, 0 to 1, that meets each fault; together they are at most 1. Absent: none. */
export type FaultShares = Partial<Record<DownloadFault, number>>;

/** What downloads meet. The same shares and seed give the same sequence of downloads and faults. */
export class DownloadFaults {
  #shares: FaultShares = {};
  #seed = 0;
  #drawn = 0;
  readonly #met = new Map<DownloadFault, number>();

  /** Replaces what was set, and begins its sequence. */
  set(shares: FaultShares, seed = 0): void {
    this.#shares = shares;
    this.#seed = seed;
    this.#drawn = 0;
  }

  /** How many downloads have met each, since the start. */
  get met(): ReadonlyMap<DownloadFault, number> {
    return this.#met;
  }

  /** What the next download meets. */
  take(): DownloadFault | undefined {
    let left = chance(`${this.#seed} ${this.#drawn++}`);
    for (const fault of DOWNLOAD_FAULTS) {
      left -= this.#shares[fault] ?? 0;
      if (left >= 0) continue;
      this.#met.set(fault, (this.#met.get(fault) ?? 0) + 1);
      return fault;
    }
    return undefined;
  }
}
