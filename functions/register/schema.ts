import * as z from 'zod/mini';
import { absent } from '../../lib/domain/absent.ts';
import { installedReport } from '../../lib/domain/plugins.ts';

/** POST /registry/register. Unknown keys are ignored: older and newer runtimes call too. */
export const registerRequest = z.object({
  id: z.uuid(),
  url: absent(z.string().check(z.maxLength(2000))),
  agent_card: absent(z.record(z.string(), z.unknown())),
  boot_id: absent(z.string().check(z.minLength(1), z.maxLength(300))),
  agent_version: absent(z.string().check(z.maxLength(100))),
  capabilities: absent(z.array(z.string().check(z.maxLength(100))).check(z.maxLength(100))),
  plugins: absent(installedReport),
});
