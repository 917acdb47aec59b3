import * as z from 'zod/mini';
import { pageLimit } from '../../lib/domain/page.ts';
import { STATUSES } from '../../lib/domain/status.ts';

/** Ten years. */
const MAX_STALE_SECONDS = 315_360_000;

/** PostgreSQL cannot hold a NUL character: asked for one, it would refuse the whole statement. */
const text = z.string().check(z.refine((value) => !value.includes('\0'), 'use no NUL characters'));

const statuses = z.pipe(
  z.string(),
  z.pipe(
    z.transform((list: string) => list.split(',')),
    z.array(z.enum(STATUSES)),
  ),
);

/**
 * `label=name=value`, several times or with commas between: all of them must match. API Gateway joins what is repeated
 * with commas, after it has decoded each, so no label whose value has a comma can be asked for, nor one whose name has
 * an equals sign.
 */
const labels = z.pipe(
  text,
  z.transform((list, context) => {
    const asked = new Map<string, string>();
    for (const label of list.split(',')) {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(label) ?? [];
      if (name === undefined || value === undefined) {
        context.issues.push({
          code: 'custom',
          input: list,
          message: 'write name=value; a value with a comma cannot be asked for',
        });
        return z.NEVER;
      }
      if ((asked.get(name) ?? value) !== value) {
        context.issues.push({
          code: 'custom',
          input: list,
          message: `${name} is asked for with two values: no workspace has both`,
        });
        return z.NEVER;
      }
      asked.set(name, value);
    }
    return Object.fromEntries(asked);
  }),
);

/**
 * GET /workspaces: `cursor` is the id after which the page begins; the others narrow the fleet down, and all of them
 * must match. `status` is a list with commas. `stale_seconds` finds what has not beaten for at least so long, whatever
 * its status, and what never beat.
 */
export const listQuery = z.strictObject({
  cursor: z.optional(z.uuid()),
  limit: pageLimit,
  status: z.optional(statuses),
  runtime: z.optional(text.check(z.minLength(1))),
  label: z.optional(labels),
  stale_seconds: z.optional(z.pipe(z.coerce.number(), z.int().check(z.gte(1), z.lte(MAX_STALE_SECONDS)))),
});

export type ListQuery = z.output<typeof listQuery>;

/** GET /workspaces/{id}/events: `cursor` is the event id before which the page begins. */
export const eventsQuery = z.strictObject({
  cursor: z.optional(z.pipe(z.coerce.number(), z.int().check(z.gte(1)))),
  limit: pageLimit,
});

export const workspacePath = z.object({ id: z.uuid() });
