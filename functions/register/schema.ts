import * as z from 'zod';
import { absent } from '../../lib/domain/absent.ts';
import { installedReport } from '../../lib/domain/plugins.ts';

/** POST /registry/register. Unknown keys are ignored: older and newer runtimes call too. */
export const registerRequest = z.object({
  id: z.uuid(),
  url: absent(z.string().max(2000)),
  agent_card: absent(z.record(z.string(), z.unknown())),
  boot_id: absent(z.string().min(1).max(300)),
  agent_version: absent(z.string().max(100)),
  capabilities: absent(z.array(z.string().max(100)).max(100)),
  plugins: absent(installedReport),
});
