import * as z from 'zod/mini';

/**
 * A timestamptz column: the Data API answers `2024-01-15 03:34:56.789` in UTC, its offset stripped. Becomes ISO 8601.
 */
export const timestamp = z.pipe(
  z.string().check(z.regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/)),
  z.transform((text) => `${text.replace(' ', 'T')}Z`),
);

/** A jsonb column, parsed and checked by `schema`. */
export function json<T extends z.core.$ZodType>(schema: T) {
  return z.pipe(
    z.pipe(
      z.string(),
      z.transform((text, context) => {
        try {
          const document: unknown = JSON.parse(text);
          return document;
        } catch (cause) {
          context.issues.push({ code: 'custom', input: text, message: `not JSON: ${cause}` });
          return z.NEVER;
        }
      }),
    ),
    schema,
  );
}

/** Characters of a row of a long text: at most 60 KB, whatever they are. A row of an answer holds 64 KB. */
export const TEXT_ROW_CHARACTERS = 15_000;

/** A row of a JSON document that comes as text in several rows. */
export const documentPart = z.object({ part: z.string() });

/** The document that the rows are, in their order. */
export const documentIn = (rows: readonly z.infer<typeof documentPart>[]): unknown =>
  JSON.parse(rows.map(({ part }) => part).join(''));
