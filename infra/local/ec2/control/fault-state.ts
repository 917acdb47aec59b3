import { z } from 'zod';

/** Which calls a fault takes: of all faults the first that is for the action and, with a share, is drawn. */
const taken = {
  /** any action when absent */
  action: z.string().optional(),
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

/** Body of POST /_control/faults; it replaces the whole fault state. */
export const faultState = z.strictObject({
  /** added before every action, in milliseconds */
  latencyMs: z.number().nonnegative().optional(),
  errors: z.array(z.union([refusal, silence])).optional(),
  /** of the drawing by `share`, which starts anew with every POST; 0 when absent */
  seed: z.int().nonnegative().optional(),
});

export type FaultState = z.output<typeof faultState>;
export type Refusal = z.output<typeof refusal>;
export type Fault = Refusal | z.output<typeof silence>;
