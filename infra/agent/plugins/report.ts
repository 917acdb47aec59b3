/** What the registry is told about one plugin, at register and with every heartbeat. */
export type InstalledPlugin = {
  readonly name: string;
  /** What is in place now; null: nothing. */
  readonly version: string | null;
  /** Of the artefact in place, in hex. */
  readonly sha256?: string | undefined;
  /** What the plan called the configuration in place; absent: there is none. */
  readonly config_digest?: string | undefined;
  /** The last attempt, where it failed and is still wanted. */
  readonly failed?: { readonly version: string; readonly reason: string } | undefined;
};

/**
 * Bytes of JSON. The registry refuses bodies over 64 KiB, and a declaration of 48 KiB whose every plugin fails must not
 * silence the runtime.
 */
const ROOM = 60_000;

/**
 * The report with as much as a body may hold. What is left out first are failures: the registry then takes the plugin
 * for one that is not installed yet, and asks again. Then, from the end, what tells two artefacts of one version apart.
 */
export function fitReport(report: readonly InstalledPlugin[]): InstalledPlugin[] {
  const versions = report.map(({ name, version }): InstalledPlugin => ({ name, version }));
  // Nothing is said of what is neither in place nor shown to have failed.
  const least = versions.filter(({ version }) => version !== null);
  let room = ROOM - least.reduce((bytes, plugin) => bytes + bytesOf(plugin), 0);

  function afford(fuller: InstalledPlugin, instead: InstalledPlugin | undefined): InstalledPlugin | undefined {
    const more = bytesOf(fuller) - (instead === undefined ? 0 : bytesOf(instead));
    if (more > room) return instead;
    room -= more;
    return fuller;
  }

  const exact = report.map(({ failed: _failed, ...plugin }, index) =>
    plugin.version === null ? undefined : afford(plugin, versions[index]),
  );
  return report.flatMap((plugin, index) => {
    const told = exact[index];
    return (plugin.failed === undefined ? told : afford(plugin, told)) ?? [];
  });
}

/** With the comma after it. */
function bytesOf(plugin: InstalledPlugin): number {
  return Buffer.byteLength(JSON.stringify(plugin)) + 1;
}
