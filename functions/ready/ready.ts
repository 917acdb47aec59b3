type Ports = {
  readonly store: { readSchemaVersion(): Promise<{ version: string }> };
  readonly build: { readonly sha: string; readonly version: string };
};

/** What monitoring and the rollout ask: whether the database answers, and which code and schema are there. */
export function createReady({ store, build }: Ports) {
  return {
    async ready() {
      const { version } = await store.readSchemaVersion();
      return { status: 'ready', schema: version, sha: build.sha, version: build.version };
    },
    async buildinfo() {
      return { sha: build.sha, version: build.version };
    },
  };
}
