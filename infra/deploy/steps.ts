import { Interrupted, StepFailed } from './failures.ts';

/** Runs a step under its name, so that a failure says where it came. */
export type Step = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

/** @param over aborted when no further step may begin */
export function createStep(say: (line: string) => void, over: AbortSignal): Step {
  return async (name, work) => {
    if (over.aborted) throw new Interrupted(`interrupted before: ${name}`);
    say(`${name} …`);
    try {
      return await work();
    } catch (cause) {
      if (over.aborted) throw new Interrupted(`interrupted during: ${name}`, { cause });
      throw new StepFailed(name, cause);
    }
  };
}
