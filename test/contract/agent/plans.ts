import { sha256 } from './archives.ts';

export type WantedPlugin = {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  /** What the checksum is taken of. */
  readonly archive: Buffer;
  readonly config?: unknown;
};

/** A plan that installs these versions of plugins, each with its configuration. */
export function installPlan(...wanted: readonly WantedPlugin[]): { plan_id: string; actions: unknown[] } {
  return {
    plan_id: `install ${wanted.map(({ name, version }) => `${name} ${version}`).join(', ')}`,
    actions: wanted.map(({ name, version, url, archive, config }) => ({
      action: 'install',
      name,
      version,
      url,
      sha256: sha256(archive),
      ...(config === undefined ? {} : { config, config_digest: digestOf(config) }),
    })),
  };
}

/** What a registry may call a configuration; to the agent it is only a name. */
export function digestOf(config: unknown): string {
  return sha256(Buffer.from(`configuration ${JSON.stringify(config)}`));
}
