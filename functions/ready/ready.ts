type Readiness = { readonly status: 'ready'; readonly schema: string; readonly sha: string; readonly version: string };

type Ports = {
  readonly store: { readSchemaVersion(): Promise<{ version: string }> };
  readonly build: { readonly sha: string; readonly version: string };
  /** Milliseconds since the epoch: a clock that never goes back stands still while Lambda keeps a container frozen. */
  readonly now: () => number;
};

/** Anyone may ask, so what the database said, a failure too, is the answer for this many milliseconds. */
const KEEP_MS = 5_000;

/** A clock that was set back makes an answer no older than it is. */
const isFresh = (ageMs: number): boolean => ageMs >= 0 && ageMs < KEEP_MS;

/** What monitoring and the rollout ask: whether the database answers, and which code and schema are there. */
export function createReady({ store, build, now }: Ports) {
  let kept: { answeredAt: number | undefined; readonly answer: Promise<Readiness> } | undefined;

  async function ask(): Promise<Readiness> {
    const { version: schema } = await store.readSchemaVersion();
    return { status: 'ready', schema, sha: build.sha, version: build.version };
  }

  return {
    ready(): Promise<Readiness> {
      // Whoever asks while it is being asked waits for the same call.
      if (kept !== undefined && (kept.answeredAt === undefined || isFresh(now() - kept.answeredAt))) return kept.answer;
      const asked: NonNullable<typeof kept> = { answeredAt: undefined, answer: ask() };
      kept = asked;
      const answered = () => {
        asked.answeredAt = now();
      };
      asked.answer.then(answered, answered);
      return asked.answer;
    },
    async buildinfo() {
      return { sha: build.sha, version: build.version };
    },
  };
}
