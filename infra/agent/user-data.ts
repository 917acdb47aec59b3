import * as z from 'zod';
import { readMimeParts } from './mime.ts';

/** Media type of the user data part that is meant for the agent; other parts are cloud-init's. */
export const BOOTSTRAP_MEDIA_TYPE = 'application/vnd.muster.bootstrap+json';

const bootstrap = z.object({
  registry_url: z.url({ protocol: /^https?$/ }),
  workspace_id: z.uuid(),
  generation: z.int().positive(),
  bootstrap_token: z.string().min(1),
});

/** Who this instance is to the registry. */
export type Bootstrap = {
  readonly registryUrl: string;
  readonly workspaceId: string;
  readonly generation: number;
  readonly bootstrapToken: string;
};

/** The user data cannot tell the agent who it is. Asking again gives the same text, so there is nothing to retry. */
export class UnusableUserDataError extends Error {
  override readonly name = 'UnusableUserDataError';
}

/**
 * Finds the agent's part in the instance's user data (a MIME document) and parses it.
 * Throws {@link UnusableUserDataError}; its message never holds the token.
 */
export function readBootstrap(userData: string | null): Bootstrap {
  const part = readMimeParts(userData ?? '').find(({ mediaType }) => mediaType === BOOTSTRAP_MEDIA_TYPE);
  if (part === undefined) throw new UnusableUserDataError(`the user data has no part of type ${BOOTSTRAP_MEDIA_TYPE}`);
  const parsed = bootstrap.safeParse(parseJson(part.body));
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'document'}: ${issue.message}`);
    throw new UnusableUserDataError(`the user data part ${BOOTSTRAP_MEDIA_TYPE}: ${wrong.join('; ')}`);
  }
  return {
    registryUrl: parsed.data.registry_url.replace(/\/+$/, ''),
    workspaceId: parsed.data.workspace_id,
    generation: parsed.data.generation,
    bootstrapToken: parsed.data.bootstrap_token,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and the token is in it.
    throw new UnusableUserDataError(`the user data part ${BOOTSTRAP_MEDIA_TYPE} is no JSON`);
  }
}
