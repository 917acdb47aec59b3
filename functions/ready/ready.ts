type Readiness = { readonly status: 'ready'; readonly schema: string; readonly sha: string; readonly version: string };

type Ports = {
  readonly store: { readSchemaVersion(): Promise<{ version: string }> };
  readonly build: { readonly sha: string; readonly version: string };
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
};

/** Anyone may ask, so the database is asked at most once in this many milliseconds. */
const KEEP_MS = 5_000;

/** What monitoring and the rollout ask: whether the database answers, and which code and schema are there. */
export function createReady({ store, build, now }: Ports) {
  let kept: { readonly at: number; readonly answer: Readiness } | undefined;
  return {
    async ready(): Promise<Readiness> {
      if (kept !== undefined && now() - kept.at < KEEP_MS) return kept.answer;
      const { version: schema } = await store.readSchemaVersion();
      const answer = { status: 'ready', schema, sha: build.sha, version: build.version } as const;
      kept = { at: now(), answer };
      return answer;
    },
    async buildinfo() {
      return { sha: build.sha, version: build.version };
    },
  };
}
