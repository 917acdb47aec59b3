import * as z from 'zod/mini';

/** A field that runtimes may leave out or send as null, which means the same. */
export function absent<T extends z.core.$ZodType>(schema: T) {
  return z.pipe(
    z.nullish(schema),
    z.transform((value) => value ?? undefined),
  );
}
