import * as z from 'zod';
import { declarationSchema } from '../../lib/domain/plugins.ts';
import { DEFAULT_BOOT_TIMEOUT_SECONDS, RESTART_POLICIES } from '../../lib/domain/workspace.ts';

/** POST /workspaces. An unknown key is refused: an operator's typing error must not be dropped in silence. */
export const provisionRequest = (options: { allowLoopbackSources: boolean }) =>
  z
    .strictObject({
      name: z.string().min(1).max(200),
      runtime: z.string().min(1).max(100),
      external: z.boolean().default(false),
      labels: z.record(z.string().min(1).max(100), z.string().max(200)).default({}),
      restart_policy: z.enum(RESTART_POLICIES).optional(),
      boot_timeout_seconds: z.int().min(30).max(7200).default(DEFAULT_BOOT_TIMEOUT_SECONDS),
      idle_minutes: z.int().min(1).max(100_000).optional(),
      declaration: declarationSchema(options).optional(),
    })
    .refine(({ external, restart_policy = 'never' }) => !external || restart_policy === 'never', {
      path: ['restart_policy'],
      message: 'an external workspace has no instance of ours: leave it out, or say never',
    });

export type ProvisionRequest = z.output<ReturnType<typeof provisionRequest>>;
