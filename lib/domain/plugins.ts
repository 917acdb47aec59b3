import * as z from 'zod';

/** A plugin's name is a folder name on the runtime's disk, so it is kept to characters that are safe there. */
const pluginName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use 1 to 64 of a-z, 0-9, dot, dash, underscore; begin with a letter or digit');

/** A plugin's version names a folder on the runtime's disk too. */
const version = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/, 'use 1 to 100 of A-Z, a-z, 0-9, dot, plus, dash, underscore');

/** What a runtime says of one plugin: the version in place (null: none), and the last attempt that failed. */
export const installedPlugin = z.object({
  name: pluginName,
  version: version.nullable(),
  failed: z.object({ version, reason: z.string().min(1) }).optional(),
});

export type InstalledPlugin = z.infer<typeof installedPlugin>;

/** A runtime's whole report. What it says of a plugin last counts: a runtime is not refused for saying it twice. */
export const installedReport = z
  .array(installedPlugin)
  .max(500)
  .transform((plugins) => [...new Map(plugins.map((plugin) => [plugin.name, plugin])).values()]);

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Whether an artefact may be fetched from here: https, or plain http to loopback where the configuration allows it
 * (the local stack serves its own artefacts).
 */
export function isAllowedSource(source: string, allowLoopback: boolean): boolean {
  if (!URL.canParse(source)) return false;
  const url = new URL(source);
  return url.protocol === 'https:' || (allowLoopback && url.protocol === 'http:' && LOOPBACK.has(url.hostname));
}

/** The zod schema of a declaration: what should be installed. At most 48 KiB as JSON. */
export function declarationSchema({ allowLoopbackSources }: { allowLoopbackSources: boolean }) {
  const declaredPlugin = z.strictObject({
    name: pluginName,
    version,
    source: z
      .string()
      .max(2000)
      .refine((source) => isAllowedSource(source, allowLoopbackSources), 'give an https:// address'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'give the SHA-256 of the artefact as 64 lower-case hex digits'),
  });
  return z
    .strictObject({ plugins: z.array(declaredPlugin).max(500) })
    .refine(({ plugins }) => new Set(plugins.map(({ name }) => name)).size === plugins.length, {
      path: ['plugins'],
      message: 'declare each plugin once',
    })
    .refine((document) => Buffer.byteLength(JSON.stringify(document)) <= 48 * 1024, 'keep a declaration under 48 KiB');
}

export type Declaration = z.infer<ReturnType<typeof declarationSchema>>;
export type DeclaredPlugin = Declaration['plugins'][number];
