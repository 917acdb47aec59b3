import type * as z from 'zod';

/** A field that runtimes may leave out or send as null, which means the same. */
export function absent<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}
