import * as z from 'zod/mini';
import { pluginName, pluginVersion, sha256 } from '../plugins.ts';
import { configKey, configSchema } from './config.ts';
import { isAllowedSource } from './source.ts';

/** The largest declaration, in bytes of JSON (design section 7). */
const MAX_BYTES = 48 * 1024;
const MAX_PLUGINS = 500;

/** What a plugin says of one of its configuration keys, and of all that stands below it. */
const mark = z.strictObject({
  /** The plugin cannot run without it. */
  required: z.exactOptional(z.literal(true)),
  /** Another value loses something: it needs force. */
  destructive: z.exactOptional(z.literal(true)),
});

const marks = z.record(configKey, mark);

/** The zod schema of a declaration: what should be installed. What is empty is left out, so that one thing has one form. */
export function declarationSchema({ allowLoopbackSources }: { allowLoopbackSources: boolean }) {
  const declaredPlugin = z.pipe(
    z
      .strictObject({
        name: pluginName,
        version: pluginVersion,
        source: z.string().check(
          z.maxLength(2000),
          z.refine(
            (source) => isAllowedSource(source, allowLoopbackSources),
            'give an https:// address without a user name or a fragment, or s3://bucket/key',
          ),
        ),
        sha256,
        config: z.optional(configSchema),
        config_marks: z.optional(marks),
      })
      .check(
        z.superRefine(({ config = {}, config_marks = {} }, context) => {
          for (const key of Object.keys(config_marks)) {
            if (Object.hasOwn(config, key)) continue;
            context.addIssue({
              code: 'custom',
              path: ['config_marks', key],
              message: 'mark only keys that config has',
            });
          }
        }),
      ),
    z.transform(({ config = {}, config_marks = {}, ...plugin }) => {
      const marked = Object.entries(config_marks).filter(([, flags]) => Object.keys(flags).length > 0);
      return {
        ...plugin,
        ...(Object.keys(config).length === 0 ? {} : { config }),
        ...(marked.length === 0 ? {} : { config_marks: Object.fromEntries(marked) }),
      };
    }),
  );
  return z.strictObject({ plugins: z.array(declaredPlugin).check(z.maxLength(MAX_PLUGINS)) }).check(
    z.refine(({ plugins }) => new Set(plugins.map(({ name }) => name)).size === plugins.length, {
      path: ['plugins'],
      message: 'declare each plugin once',
    }),
    z.refine((document) => Buffer.byteLength(JSON.stringify(document)) <= MAX_BYTES, 'keep a declaration under 48 KiB'),
  );
}

/** What should be installed, in the form that {@link declarationSchema} gives. */
export type Declaration = z.infer<ReturnType<typeof declarationSchema>>;
export type DeclaredPlugin = Declaration['plugins'][number];

/** What a workspace has that nobody has declared anything for: version 0. */
export const NOTHING_DECLARED: Declaration = { plugins: [] };
