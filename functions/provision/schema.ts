import * as z from 'zod';
import { declarationSchema } from '../../lib/domain/declaration/document.ts';
import { DEFAULT_BOOT_TIMEOUT_SECONDS, RESTART_POLICIES } from '../../lib/domain/workspace.ts';

/** What the instance is launched from, where it is not the configured one. */
const launch = z.strictObject({
  launch_template_id: z
    .string()
    .regex(/^lt-[0-9a-f]{8,17}$/, 'give the id of a launch template (lt-…)')
    .optional(),
  subnet_id: z
    .string()
    .regex(/^subnet-[0-9a-f]{8,17}$/, 'give the id of a subnet (subnet-…)')
    .optional(),
});

/** POST /workspaces. An unknown key is refused: an operator's typing error must not be dropped in silence. */
export const provisionRequest = (options: { allowLoopbackSources: boolean }) =>
  z
    .strictObject({
      name: z.string().min(1).max(200),
      runtime: z.string().min(1).max(100),
      external: z.boolean().default(false),
      launch: launch.optional(),
      labels: z.record(z.string().min(1).max(100), z.string().max(200)).default({}),
      restart_policy: z.enum(RESTART_POLICIES).optional(),
      boot_timeout_seconds: z.int().min(30).max(7200).default(DEFAULT_BOOT_TIMEOUT_SECONDS),
      idle_minutes: z.int().min(1).max(100_000).optional(),
      declaration: declarationSchema(options).optional(),
    })
    .refine(({ external, restart_policy = 'never' }) => !external || restart_policy === 'never', {
      path: ['restart_policy'],
      message: 'an external workspace has no instance of ours: leave it out, or say never',
    })
    .refine((request) => !request.external || request.launch === undefined, {
      path: ['launch'],
      message: 'an external workspace has no instance of ours: leave it out',
    });

export type ProvisionRequest = z.output<ReturnType<typeof provisionRequest>>;
