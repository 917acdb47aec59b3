import * as z from 'zod/mini';
import { absent } from './absent.ts';

/** A plugin's name is a folder name on the runtime's disk, so it is kept to characters that are safe there. */
export const pluginName = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9][a-z0-9._-]{0,63}$/,
      'use 1 to 64 of a-z, 0-9, dot, dash, underscore; begin with a letter or digit',
    ),
  );

/** A plugin's version names a folder on the runtime's disk too. */
export const pluginVersion = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/, 'use 1 to 100 of A-Z, a-z, 0-9, dot, plus, dash, underscore'));

/** A SHA-256 in hex. */
export const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'give a SHA-256 as 64 lower-case hex digits'));

const reportedSha256 = absent(
  z.string().check(z.regex(/^[0-9a-fA-F]{64}$/, 'give a SHA-256 as 64 hex digits'), z.toLowerCase()),
);

/**
 * What a runtime says of one plugin: what is in place (version null: nothing), and the last attempt that failed. With a
 * sha256 it says exactly what is in place, and its `config_digest` is the plan's, or missing where there is no
 * configuration; without one, its word for the version is all there is to go by.
 */
export const installedPlugin = z.object({
  name: pluginName,
  version: z.nullable(pluginVersion),
  sha256: reportedSha256,
  config_digest: reportedSha256,
  failed: z.optional(z.object({ version: pluginVersion, reason: z.string().check(z.minLength(1)) })),
});

export type InstalledPlugin = z.infer<typeof installedPlugin>;

/**
 * A runtime's whole report, as long as a body may be: one that is refused silences the runtime. What it says of a plugin
 * last counts: a runtime is not refused for saying it twice.
 */
export const installedReport = z.pipe(
  z.array(installedPlugin),
  z.transform((plugins) => [...new Map(plugins.map((plugin) => [plugin.name, plugin])).values()]),
);
