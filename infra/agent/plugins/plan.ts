import * as z from 'zod';

/** Names of plugins and of versions: both become folders, and the registry refuses a heartbeat that reports others. */
export const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
export const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

const name = z.string().regex(NAME, 'is no plugin name');

const config = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'is no JSON object',
);

const install = z
  .object({
    action: z.literal('install'),
    name,
    version: z.string().regex(VERSION, 'may hold letters, digits and . _ + - only'),
    url: z.string(),
    sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, 'is no SHA-256 in hex')
      .toLowerCase(),
    /** What the plugin reads, and its name: the registry's, which is reported as it came. */
    config: config.optional(),
    config_digest: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, 'is no digest of 64 hex digits')
      .optional(),
  })
  .refine(({ config, config_digest }) => (config === undefined) === (config_digest === undefined), {
    path: ['config'],
    message: 'comes with config_digest, or neither does',
  });

const remove = z.object({ action: z.literal('remove'), name });

const action = z.discriminatedUnion('action', [install, remove]);

/** Actions are parsed one by one, so that one that is wrong does not stop the rest. */
const envelope = z.object({ plan_id: z.string(), actions: z.array(z.unknown()) });

/** Enough of an action that is wrong to report it as failed. */
const reportable = z.object({ name, version: z.string().regex(VERSION).catch('unknown') });

export type InstallAction = z.output<typeof install>;
export type RemoveAction = z.output<typeof remove>;
export type Action = InstallAction | RemoveAction;

export type Plan = {
  readonly planId: string;
  /** At most one a plugin: the last. */
  readonly actions: readonly Action[];
  /** Actions that cannot be carried out as they are written. */
  readonly refused: readonly { readonly name: string; readonly version: string; readonly reason: string }[];
};

/** Reads the plan of a heartbeat's answer; undefined where it holds none, or none that can be read. */
export function readPlan(value: unknown): Plan | undefined {
  const parsed = envelope.safeParse(value);
  if (!parsed.success) return undefined;
  const actions = new Map<string, Action>();
  const refused: { name: string; version: string; reason: string }[] = [];
  for (const item of parsed.data.actions) {
    const one = action.safeParse(item);
    if (one.success) {
      actions.set(one.data.name, one.data);
      continue;
    }
    const known = reportable.safeParse(item);
    if (!known.success) continue;
    const wrong = one.error.issues.map((issue) => [issue.path.join('.'), issue.message].join(' ').trim());
    refused.push({ ...known.data, reason: `the action cannot be carried out: ${wrong.join('; ')}` });
  }
  return { planId: parsed.data.plan_id, actions: [...actions.values()], refused };
}
