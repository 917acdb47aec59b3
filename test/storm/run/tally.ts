import { type Answer, outcomeOf } from './outcome.ts';

/** What a storm has met, for its report. */
export class Tally {
  /** By what was done and what became of it. */
  readonly acts = new Map<string, number>();
  /** By the fault. */
  readonly faults = new Map<string, number>();
  /** What must never happen, told whole. */
  readonly wrong: string[] = [];

  /** Counts an answer; one that the registry must never give is kept. */
  answered(act: string, answer: Answer, target: string): void {
    const outcome = outcomeOf(answer);
    this.acted(act, outcome);
    if (outcome === 'wrong') this.wrong.push(`${act} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  acted(act: string, outcome: string): void {
    add(this.acts, `${act}: ${outcome}`, 1);
  }

  met(fault: string, times: number): void {
    if (times > 0) add(this.faults, fault, times);
  }
}

export function add(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
