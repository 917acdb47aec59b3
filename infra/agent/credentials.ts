export type CredentialKind = 'runtime' | 'bootstrap';
export type Credential = { readonly kind: CredentialKind; readonly token: string };

/**
 * Which tokens are worth trying. A token that was refused is not tried again until the agent has backed off: a resume
 * or an operator may have made it good again by then, but asking at once only repeats the refusal. Nothing is ever
 * thrown away for a 401 alone, since the last token thrown away strands the runtime.
 */
export type Credentials = {
  /** To register with, in order: the runtime token, which outlives the bootstrap one, first. */
  candidates(): readonly Credential[];
  /** To beat with; undefined before the first register of an agent that kept none. */
  runtimeToken(): string | undefined;
  /** A register was answered with this runtime token; the credential that it used has worked. */
  renewed(runtimeToken: string): void;
  refused(kind: CredentialKind): void;
  /** The agent has backed off: all may be tried again. */
  forgive(): void;
};

export function createCredentials(bootstrapToken: string, storedRuntimeToken: string | undefined): Credentials {
  let runtimeToken = storedRuntimeToken;
  const refused = new Set<CredentialKind>();
  return {
    candidates() {
      const all: Credential[] = [];
      if (runtimeToken !== undefined) all.push({ kind: 'runtime', token: runtimeToken });
      all.push({ kind: 'bootstrap', token: bootstrapToken });
      return all.filter(({ kind }) => !refused.has(kind));
    },
    runtimeToken: () => runtimeToken,
    renewed(token) {
      runtimeToken = token;
      refused.delete('runtime');
    },
    refused: (kind) => {
      refused.add(kind);
    },
    forgive: () => refused.clear(),
  };
}
