export { WrongUsage } from '../cli/failures.ts';

/** A step did not come to its end; what went before it is done. Exit code 1. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(`${step}: ${wordsOf(cause)}`, { cause });
    this.step = step;
  }
}

/** Ctrl-C, or a signal that asks for the end: exit code 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** An error in one line, and what caused it: fetch and the SDK hide the reason one level down. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message === '' ? error.name : error.message;
  if (!(error.cause instanceof Error) || own.includes(error.cause.message)) return own;
  return `${own} (${wordsOf(error.cause)})`;
}
