/** What the registry is told about one plugin, at register and with every heartbeat. */
export type InstalledPlugin = {
  readonly name: string;
  /** What is in place now; null: nothing. */
  readonly version: string | null;
  /** The last attempt, where it failed and is still wanted. */
  readonly failed?: { readonly version: string; readonly reason: string };
};
