import { resolve } from 'node:path';
import * as z from 'zod';
import type { HookEnvironment } from './plugins/post-install.ts';

const environment = z.object({
  AWS_EC2_METADATA_SERVICE_ENDPOINT: z.url({ protocol: /^https?$/ }).default('http://169.254.169.254'),
  MUSTER_HOME: z.string().min(1).default('/var/lib/muster'),
  MUSTER_EXIT_WITH_PARENT: z.enum(['0', '1']).default('0'),
  PATH: z.string().default('/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'),
  HOME: z.string().optional(),
  LANG: z.string().default('C.UTF-8'),
});

export type Environment = {
  readonly metadataEndpoint: string;
  /** Folder that survives a reboot of the instance: holds the runtime token and the plugins. */
  readonly home: string;
  /** End when stdin ends, so that nothing outlives a stack that was killed. */
  readonly exitWithParent: boolean;
  /** All that a plugin's post_install is told of the agent's own environment. */
  readonly hook: HookEnvironment;
};

/** Parses the agent's environment; throws an Error that names every variable that is wrong. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`environment: ${wrong.join('; ')}`);
  }
  const { AWS_EC2_METADATA_SERVICE_ENDPOINT, MUSTER_HOME, MUSTER_EXIT_WITH_PARENT, PATH, HOME, LANG } = parsed.data;
  const home = resolve(MUSTER_HOME);
  return {
    metadataEndpoint: AWS_EC2_METADATA_SERVICE_ENDPOINT.replace(/\/+$/, ''),
    home,
    exitWithParent: MUSTER_EXIT_WITH_PARENT === '1',
    // A service has no home of its own, and what is kept in the agent's folder survives as well.
    hook: { PATH, HOME: HOME ?? home, LANG },
  };
}
