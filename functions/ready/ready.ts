type Readiness = { readonly status: 'ready'; readonly schema: string; readonly sha: string; readonly version: string };

type Ports = {
  readonly store: { readSchemaVersion(): Promise<{ version: string }> };
  readonly build: { readonly sha: string; readonly version: string };
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
};

/** Anyone may ask, so what the database said, a failure too, is the answer for this many milliseconds. */
const KEEP_MS = 5_000;

/** What monitoring and the rollout ask: whether the database answers, and which code and schema are there. */
export function createReady({ store, build, now }: Ports) {
  let kept: { until: number; readonly answer: Promise<Readiness> } | undefined;

  async function ask(): Promise<Readiness> {
    const { version: schema } = await store.readSchemaVersion();
    return { status: 'ready', schema, sha: build.sha, version: build.version };
  }

  return {
    ready(): Promise<Readiness> {
      if (kept !== undefined && now() < kept.until) return kept.answer;
      // Whoever asks meanwhile waits for the same call.
      const asked = { until: Number.POSITIVE_INFINITY, answer: ask() };
      kept = asked;
      const answered = () => {
        asked.until = now() + KEEP_MS;
      };
      asked.answer.then(answered, answered);
      return asked.answer;
    },
    async buildinfo() {
      return { sha: build.sha, version: build.version };
    },
  };
}
