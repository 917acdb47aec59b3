import { z } from 'zod';
import { describeEvent } from '../../local/view/describe.ts';
import type { EventsLine } from '../command-line/parse.ts';
import type { RegistryClient } from '../registry/client.ts';
import { readPages } from '../registry/pages.ts';
import { understood } from '../registry/understood.ts';
import type { Surroundings } from '../surroundings.ts';
import { toJson } from '../view/json.ts';
import { oneLine } from '../view/text.ts';
import { follow } from './follow.ts';

const event = z.object({
  id: z.int(),
  event: z.string(),
  at: z.coerce.date(),
  from_status: z.string().nullable(),
  to_status: z.string().nullable(),
  reason: z.string().nullable(),
  evidence: z.record(z.string(), z.unknown()),
  owes: z.string().nullable(),
  actor: z.string(),
});

/** The last events of a workspace, newest last; with --follow also those to come. */
export async function events(line: EventsLine, registry: RegistryClient, surroundings: Surroundings): Promise<void> {
  const { print, warn } = surroundings;
  const path = `/workspaces/${line.id}/events`;
  if (line.follow) {
    const show = (item: unknown) => print(line.json ? toJson(item) : describe(item));
    return follow({ registry, path, limit: line.limit, show, warn, over: surroundings.interrupted() });
  }
  const page = await readPages(registry, { path, atMost: line.limit });
  if (line.json) return print(toJson(page, 2));
  for (const item of page.items.toReversed()) print(describe(item));
}

/** `2026-11-21T12:00:00.000Z  7  register: provisioning → online (register), owes launch, by runtime` */
function describe(item: unknown): string {
  const read = understood(event, item);
  const owes = read.owes === null ? '' : `, owes ${read.owes}`;
  return oneLine(`${read.at.toISOString()}  ${read.id}  ${describeEvent(read)}${owes}, by ${read.actor}`);
}
