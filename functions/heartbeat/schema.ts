import * as z from 'zod/mini';
import { absent } from '../../lib/domain/absent.ts';
import { installedReport } from '../../lib/domain/plugins.ts';

/** The longest text that a beat keeps: with 1,500 bytes a row, HOT updates fell to 90 %. A cut may halve a pair. */
const KEPT_CHARACTERS = 300;
const keptText = z.pipe(
  absent(z.string()),
  z.transform((text) => text?.slice(0, KEPT_CHARACTERS).toWellFormed()),
);

/** Three hundred years; far below what overflows PostgreSQL's interval. */
const MAX_UPTIME_SECONDS = 1e10;

/** POST /registry/heartbeat. Unknown keys are ignored: older and newer runtimes call too. */
export const heartbeatRequest = z.pipe(
  z.object({
    workspace_id: z.uuid(),
    error_rate: z.number().check(z.gte(0), z.lte(1)),
    sample_error: keptText,
    active_tasks: z.int().check(z.gte(0), z.lte(2_147_483_647)),
    uptime_seconds: z.number().check(z.gte(0), z.lte(MAX_UPTIME_SECONDS)),
    current_task: keptText,
    monthly_spend: absent(z.int().check(z.gte(0))),
    runtime_state: z.nullish(z.enum(['', 'wedged'])),
    runtime_metadata: absent(
      z.object({ capabilities: absent(z.array(z.string().check(z.maxLength(100))).check(z.maxLength(100))) }),
    ),
    plugins: absent(installedReport),
    plan_id: absent(z.string().check(z.maxLength(100))),
  }),
  z.transform(({ runtime_metadata, runtime_state, uptime_seconds, plan_id: _told, ...beat }) => ({
    ...beat,
    uptime_seconds: Math.floor(uptime_seconds),
    runtime_state: runtime_state ?? ('' as const),
    capabilities: runtime_metadata?.capabilities,
  })),
);
