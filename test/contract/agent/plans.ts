import { sha256 } from './archives.ts';

/** A plan that installs these versions of plugins; `archive` is what the checksum is taken of. */
export function installPlan(...wanted: readonly { name: string; version: string; url: string; archive: Buffer }[]): {
  plan_id: string;
  actions: unknown[];
} {
  return {
    plan_id: `install ${wanted.map(({ name, version }) => `${name} ${version}`).join(', ')}`,
    actions: wanted.map(({ name, version, url, archive }) => ({
      action: 'install',
      name,
      version,
      url,
      sha256: sha256(archive),
    })),
  };
}
