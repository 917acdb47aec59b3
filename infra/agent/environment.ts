import * as z from 'zod';

const environment = z.object({
  AWS_EC2_METADATA_SERVICE_ENDPOINT: z.url({ protocol: /^https?$/ }).default('http://169.254.169.254'),
  MUSTER_HOME: z.string().min(1).default('/var/lib/muster'),
  MUSTER_EXIT_WITH_PARENT: z.enum(['0', '1']).default('0'),
});

export type Environment = {
  readonly metadataEndpoint: string;
  /** Folder that survives a reboot of the instance: holds the runtime token and the plugins. */
  readonly home: string;
  /** End when stdin ends, so that nothing outlives a stack that was killed. */
  readonly exitWithParent: boolean;
};

/** Parses the agent's environment; throws an Error that names every variable that is wrong. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`environment: ${wrong.join('; ')}`);
  }
  return {
    metadataEndpoint: parsed.data.AWS_EC2_METADATA_SERVICE_ENDPOINT.replace(/\/+$/, ''),
    home: parsed.data.MUSTER_HOME,
    exitWithParent: parsed.data.MUSTER_EXIT_WITH_PARENT === '1',
  };
}
