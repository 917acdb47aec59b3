import * as z from 'zod/mini';
import { declarationSchema } from '../../lib/domain/declaration/document.ts';
import { DEFAULT_BOOT_TIMEOUT_SECONDS, RESTART_POLICIES } from '../../lib/domain/workspace.ts';

/** What the instance is launched from, where it is not the configured one. */
const launch = z.strictObject({
  launch_template_id: z.optional(
    z.string().check(z.regex(/^lt-[0-9a-f]{8,17}$/, 'give the id of a launch template (lt-…)')),
  ),
  subnet_id: z.optional(z.string().check(z.regex(/^subnet-[0-9a-f]{8,17}$/, 'give the id of a subnet (subnet-…)'))),
});

/** POST /workspaces. An unknown key is refused: an operator's typing error must not be dropped in silence. */
export const provisionRequest = (options: { allowLoopbackSources: boolean }) =>
  z
    .strictObject({
      name: z.string().check(z.minLength(1), z.maxLength(200)),
      runtime: z.string().check(z.minLength(1), z.maxLength(100)),
      external: z._default(z.boolean(), false),
      launch: z.optional(launch),
      labels: z._default(
        z.record(z.string().check(z.minLength(1), z.maxLength(100)), z.string().check(z.maxLength(200))),
        {},
      ),
      restart_policy: z.optional(z.enum(RESTART_POLICIES)),
      boot_timeout_seconds: z._default(z.int().check(z.gte(30), z.lte(7200)), DEFAULT_BOOT_TIMEOUT_SECONDS),
      idle_minutes: z.optional(z.int().check(z.gte(1), z.lte(100_000))),
      declaration: z.optional(declarationSchema(options)),
    })
    .check(
      z.refine(({ external, restart_policy = 'never' }) => !external || restart_policy === 'never', {
        path: ['restart_policy'],
        message: 'an external workspace has no instance of ours: leave it out, or say never',
      }),
      z.refine((request) => !request.external || request.launch === undefined, {
        path: ['launch'],
        message: 'an external workspace has no instance of ours: leave it out',
      }),
    );

export type ProvisionRequest = z.output<ReturnType<typeof provisionRequest>>;
