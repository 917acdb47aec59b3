import { z } from 'zod';
import { ago, describePlugins } from '../../local/view/describe.ts';
import type { PsLine } from '../command-line/parse.ts';
import type { Query, RegistryClient } from '../registry/client.ts';
import { readPages } from '../registry/pages.ts';
import { understood } from '../registry/understood.ts';
import type { Surroundings } from '../surroundings.ts';
import { toJson } from '../view/json.ts';
import { type Column, drawTable } from '../view/table.ts';

const workspace = z.object({
  id: z.string(),
  name: z.string(),
  runtime: z.string(),
  status: z.string(),
  status_since: z.coerce.date(),
  generation: z.int(),
  instance_id: z.string().nullable(),
  owed_operation: z.string().nullable(),
  last_heartbeat_at: z.coerce.date().nullable(),
  plugins: z.array(
    z.object({
      name: z.string(),
      declared_version: z.string().nullable(),
      installed_version: z.string().nullable(),
      failed_reason: z.string().nullable(),
    }),
  ),
});

type Workspace = z.infer<typeof workspace>;

/** The id comes first and is never cut: every other command takes it whole. */
function columnsAt(now: Date): readonly Column<Workspace>[] {
  return [
    { title: 'id', minimum: 36, rank: 8, value: (w) => w.id },
    { title: 'name', minimum: 8, rank: 6, value: (w) => w.name },
    { title: 'runtime', minimum: 7, rank: 1, value: (w) => w.runtime },
    { title: 'status', minimum: 12, rank: 7, value: (w) => w.status },
    { title: 'since', minimum: 6, rank: 5, value: (w) => ago(w.status_since, now) },
    { title: 'last beat', minimum: 9, rank: 4, value: (w) => ago(w.last_heartbeat_at, now) },
    { title: 'owes', minimum: 9, rank: 3, value: (w) => w.owed_operation ?? '–' },
    { title: 'instance', minimum: 19, rank: 2, value: (w) => w.instance_id ?? '–' },
    { title: 'generation', minimum: 10, rank: 0, value: (w) => String(w.generation) },
    { title: 'plugins', minimum: 13, rank: 0, value: describePlugins },
  ];
}

/** The fleet, or the part of it that was asked for, from all pages. */
export async function ps(line: PsLine, registry: RegistryClient, { print, width }: Surroundings): Promise<void> {
  const answer = await readPages(registry, { path: '/workspaces', query: queryOf(line) });
  if (line.json) return print(toJson(answer, 2));
  const workspaces = understood(z.array(workspace), answer.items);
  print(workspaces.length === 0 ? 'No workspaces.' : drawTable(columnsAt(new Date()), workspaces, width));
}

function queryOf({ statuses, runtime, labels, staleSeconds }: PsLine): Query {
  return [
    ...(statuses.length === 0 ? [] : [['status', statuses.join(',')] as const]),
    ...(runtime === undefined ? [] : [['runtime', runtime] as const]),
    ...labels.map(([key, value]) => ['label', `${key}=${value}`] as const),
    ...(staleSeconds === undefined ? [] : [['stale_seconds', String(staleSeconds)] as const]),
  ];
}
