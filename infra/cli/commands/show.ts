import { z } from 'zod';
import type { ShowLine } from '../command-line/parse.ts';
import type { RegistryClient } from '../registry/client.ts';
import { understood } from '../registry/understood.ts';
import type { Surroundings } from '../surroundings.ts';
import { toJson } from '../view/json.ts';
import { type Column, drawTable } from '../view/table.ts';
import { describeValue, oneLine } from '../view/text.ts';

const plugin = z.object({
  name: z.string(),
  declared_version: z.string().nullable(),
  installed_version: z.string().nullable(),
  failed_version: z.string().nullable(),
  failed_reason: z.string().nullable(),
});

const workspace = z.looseObject({ id: z.string(), plugins: z.array(plugin) });

const pluginColumns: readonly Column<z.infer<typeof plugin>>[] = [
  { title: 'plugin', minimum: 10, rank: 4, value: ({ name }) => name },
  { title: 'declared', minimum: 8, rank: 3, value: ({ declared_version }) => declared_version ?? '–' },
  { title: 'installed', minimum: 9, rank: 2, value: ({ installed_version }) => installed_version ?? '–' },
  {
    title: 'failed',
    minimum: 10,
    rank: 1,
    value: ({ failed_version, failed_reason }) =>
      failed_reason === null ? '–' : `${failed_version ?? ''} ${failed_reason}`.trim(),
  },
];

/** Everything that the registry says of one workspace, a line a fact. */
export async function show(line: ShowLine, registry: RegistryClient, { print, width }: Surroundings): Promise<void> {
  const answer = await registry.call({ method: 'GET', path: `/workspaces/${line.id}` });
  if (line.json) return print(toJson(answer, 2));
  const { plugins, ...facts } = understood(workspace, answer);
  const longest = Math.max(...Object.keys(facts).map((name) => name.length));
  for (const [name, value] of Object.entries(facts)) {
    print(oneLine(`${name.padEnd(longest)}  ${describeValue(value)}`));
  }
  if (plugins.length > 0) print(drawTable(pluginColumns, plugins, width));
}
