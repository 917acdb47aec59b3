import * as z from 'zod';
import { pageLimit } from '../../lib/domain/page.ts';
import { STATUSES } from '../../lib/domain/status.ts';

/** Ten years. */
const MAX_STALE_SECONDS = 315_360_000;

/** PostgreSQL cannot hold a NUL character: asked for one, it would refuse the whole statement. */
const text = z.string().refine((value) => !value.includes('\0'), 'use no NUL characters');

const statuses = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.array(z.enum(STATUSES)));

/**
 * `label=name=value`, several times or with commas between: all of them must match. API Gateway joins what is repeated
 * with commas, after it has decoded each, so no label whose value has a comma can be asked for, nor one whose name has
 * an equals sign.
 */
const labels = text.transform((list, context) => {
  const asked = new Map<string, string>();
  for (const label of list.split(',')) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(label) ?? [];
    if (name === undefined || value === undefined) {
      context.addIssue({ code: 'custom', message: 'write name=value; a value with a comma cannot be asked for' });
      return z.NEVER;
    }
    if ((asked.get(name) ?? value) !== value) {
      context.addIssue({ code: 'custom', message: `${name} is asked for with two values: no workspace has both` });
      return z.NEVER;
    }
    asked.set(name, value);
  }
  return Object.fromEntries(asked);
});

/**
 * GET /workspaces: `cursor` is the id after which the page begins; the others narrow the fleet down, and all of them
 * must match. `status` is a list with commas. `stale_seconds` finds what has not beaten for at least so long, whatever
 * its status, and what never beat.
 */
export const listQuery = z.strictObject({
  cursor: z.uuid().optional(),
  limit: pageLimit,
  status: statuses.optional(),
  runtime: text.min(1).optional(),
  label: labels.optional(),
  stale_seconds: z.coerce.number().pipe(z.int().min(1).max(MAX_STALE_SECONDS)).optional(),
});

export type ListQuery = z.output<typeof listQuery>;

/** GET /workspaces/{id}/events: `cursor` is the event id before which the page begins. */
export const eventsQuery = z.strictObject({
  cursor: z.coerce.number().pipe(z.int().min(1)).optional(),
  limit: pageLimit,
});

export const workspacePath = z.object({ id: z.uuid() });
