import { z } from 'zod';
import type { Network } from '../fleet/network.ts';
import { ControlError } from './control-error.ts';

/** Which calls a fault takes: of all faults the first that is for such a call and, with a share, is drawn. */
const taken = {
  /** any action when absent */
  action: z.string().optional(),
  /** only calls about this zone: by a filter availability-zone that lets it through or, without one, by an instance's id */
  zone: z.string().optional(),
  /** `first`: only calls without a NextToken, `later`: only those with one */
  page: z.enum(['first', 'later']).optional(),
  /** how many calls to take; until cleared when absent */
  times: z.int().positive().optional(),
  /** the part of the calls to take, 0 to 1; all when absent */
  share: z.number().min(0).max(1).optional(),
  /** `after`: the action is carried out and its answer lost, a refusal too; `before` when absent */
  when: z.enum(['before', 'after']).optional(),
};

const refusal = z.strictObject({
  ...taken,
  code: z.string().min(1),
  message: z.string().optional(),
  /** HTTP status; EC2's for the code when absent */
  status: z.int().min(400).max(599).optional(),
  /** how much later the refusal comes, in milliseconds; what is carried out `after` is so at once */
  latencyMs: z.number().nonnegative().optional(),
});

/** No answer for as long as the caller waits. */
const silence = z.strictObject({ ...taken, hang: z.literal(true) });

/** The right answer, so much later; with `after` it tells what was so when the call came. */
const slowness = z.strictObject({ ...taken, delay: z.literal(true), latencyMs: z.number().positive() });

/** Body of POST /_control/faults; it replaces the whole fault state. */
const faultState = z.strictObject({
  /** added before every action, in milliseconds */
  latencyMs: z.number().nonnegative().optional(),
  errors: z.array(z.union([refusal, silence, slowness])).optional(),
  /** of the drawing by `share`, which starts anew with every POST; 0 when absent */
  seed: z.int().nonnegative().optional(),
  /** whether every Describe action answers as in an account that has nothing, or in a Region that is the wrong one */
  empty: z.boolean().optional(),
  /** DescribeInstances shows states, their reasons and launch times of so many milliseconds ago, and none younger */
  staleMs: z.number().nonnegative().optional(),
});

export type FaultState = z.output<typeof faultState>;
export type Refusal = z.output<typeof refusal>;
export type Fault = Refusal | z.output<typeof silence> | z.output<typeof slowness>;

/** @throws {ControlError} 400 for a zone that does not exist: a fault that waits for it in vain would look like none. */
export function parseFaultState(body: unknown, network: Network): FaultState {
  const state = faultState.parse(body);
  const unknown = state.errors?.find(({ zone }) => zone !== undefined && !network.has(zone))?.zone;
  if (unknown !== undefined) throw new ControlError(400, `There is no zone ${unknown}`);
  return state;
}
