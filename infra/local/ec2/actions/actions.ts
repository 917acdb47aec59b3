import type { Action } from './action.ts';
import { describeInstances } from './describe-instances.ts';
import { runInstances } from './run-instances.ts';
import { terminateInstances } from './terminate-instances.ts';

/** Every action that this server knows, by its name on the wire. */
export const actions: Readonly<Record<string, Action>> = {
  DescribeInstances: describeInstances,
  RunInstances: runInstances,
  TerminateInstances: terminateInstances,
};
