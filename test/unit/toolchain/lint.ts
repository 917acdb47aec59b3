import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { repository } from './scratch-project.ts';

/** One refusal of a linter: `line` counts from 1, 0 is the file itself. */
export type Refusal = { readonly path: string; readonly line: number; readonly rule: string };

const BiomeReport = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      severity: z.enum(['error', 'warning', 'information', 'info', 'hint', 'fatal']),
      location: z.object({ path: z.string(), start: z.object({ line: z.int() }) }),
    }),
  ),
});

const OxlintReport = z.object({
  diagnostics: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(['error', 'warning', 'advice']),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.int() }) })),
    }),
  ),
});

function reportOf(tool: string, args: readonly string[], folder: string): unknown {
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const run = spawnSync(join(repository, 'node_modules/.bin', tool), [...args, ...folders], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (run.error !== undefined) throw run.error;
  if (!run.stdout.startsWith('{')) throw new Error(`${tool} reported nothing: ${run.stderr}${run.stdout}`);
  return JSON.parse(run.stdout);
}

/** What `biome lint` refuses in a folder. */
export function biomeRefusals(folder: string): Refusal[] {
  const report = BiomeReport.parse(reportOf('biome', ['lint', '--reporter=json', '--max-diagnostics=none'], folder));
  return report.diagnostics
    .filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ category, location }) => ({ path: location.path, line: location.start.line, rule: category }));
}

/** What `oxlint` refuses in a folder. */
export function oxlintRefusals(folder: string): Refusal[] {
  const report = OxlintReport.parse(reportOf('oxlint', ['--format=json'], folder));
  return report.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, filename, labels }) => ({ path: filename, line: labels[0]?.span.line ?? 0, rule: code }));
}
