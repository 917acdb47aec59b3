import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Refusal } from './lint.ts';
import { biomeRefusals } from './lint.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

/** A file, what it imports, and whether the lint lets it. */
type Arrow = readonly [path: string, specifier: string, verdict: 'refused' | 'allowed'];

const domainArrows: readonly Arrow[] = [
  ['lib/domain/status.ts', './verdict.ts', 'allowed'],
  ['lib/domain/status.ts', './asking/ask.ts', 'allowed'],
  ['lib/domain/status.ts', 'zod', 'allowed'],
  ['lib/domain/status.ts', 'semver', 'allowed'],
  ['lib/domain/status.ts', 'uuid', 'allowed'],
  ['lib/domain/status.ts', 'node:crypto', 'allowed'],
  ['lib/domain/status.ts', 'node:fs', 'refused'],
  ['lib/domain/status.ts', 'node:process', 'refused'],
  ['lib/domain/status.ts', '@aws-sdk/client-ec2', 'refused'],
  ['lib/domain/status.ts', '@aws-lambda-powertools/logger', 'refused'],
  ['lib/domain/status.ts', 'pg', 'refused'],
  ['lib/domain/status.ts', '../adapters/ec2/describe.ts', 'refused'],
  ['lib/domain/status.ts', '../middleware/http.ts', 'refused'],
  ['lib/domain/status.ts', '../observability/logger.ts', 'refused'],
  ['lib/domain/status.ts', '../config.ts', 'refused'],
  ['lib/domain/status.ts', './../config.ts', 'refused'],
  ['lib/domain/status.ts', './asking/../../config.ts', 'refused'],
  ['lib/domain/asking/ask.ts', '../status.ts', 'allowed'],
  ['lib/domain/asking/ask.ts', '../../config.ts', 'refused'],
  ['lib/domain/asking/ask.ts', '../asking/../../config.ts', 'refused'],
  ['lib/domain/asking/ask.ts', '@aws-sdk/client-ec2', 'refused'],
];

const libraryArrows: readonly Arrow[] = [
  ['lib/adapters/ec2/describe.ts', '../../domain/verdict.ts', 'allowed'],
  ['lib/adapters/ec2/describe.ts', '@aws-sdk/client-ec2', 'allowed'],
  ['lib/adapters/ec2/describe.ts', '../../config.ts', 'refused'],
  ['lib/adapters/ec2/describe.ts', '../../middleware/http.ts', 'refused'],
  ['lib/adapters/ec2/describe.ts', '../../../functions/sweep/sweep.ts', 'refused'],
  ['lib/adapters/ec2/describe.ts', '../../../infra/migrate.ts', 'refused'],
  ['lib/adapters/ec2/describe.ts', 'node:process', 'refused'],
  ['lib/middleware/http.ts', 'node:process', 'refused'],
  ['lib/observability/logger.ts', 'node:process', 'refused'],
  ['lib/middleware/http.ts', '../domain/../config.ts', 'refused'],
  ['lib/middleware/http.ts', './problem.ts', 'allowed'],
  ['lib/middleware/http.ts', '../domain/errors.ts', 'allowed'],
  ['lib/middleware/http.ts', '../observability/logger.ts', 'allowed'],
  ['lib/middleware/http.ts', '../adapters/ec2/describe.ts', 'refused'],
  ['lib/middleware/http.ts', '../config.ts', 'refused'],
  ['lib/observability/logger.ts', '@aws-lambda-powertools/logger', 'allowed'],
  ['lib/observability/logger.ts', '../config.ts', 'refused'],
  ['lib/observability/logger.ts', '../domain/status.ts', 'refused'],
  ['lib/observability/metrics.ts', '../domain/metrics.ts', 'allowed'],
  ['lib/observability/metrics.ts', '../domain/../config.ts', 'refused'],
  ['lib/adapters/lambda/invoke.ts', '../../observability/logger.ts', 'allowed'],
  ['lib/config.ts', 'zod', 'allowed'],
  ['lib/config.ts', './domain/status.ts', 'allowed'],
  ['lib/config.ts', './adapters/ec2/describe.ts', 'refused'],
];

const functionArrows: readonly Arrow[] = [
  ['functions/register/register.ts', './schema.ts', 'allowed'],
  ['functions/register/register.ts', '../../lib/domain/status.ts', 'allowed'],
  ['functions/register/register.ts', '@aws-sdk/client-rds-data', 'refused'],
  ['functions/register/register.ts', '../../lib/adapters/ec2/describe.ts', 'refused'],
  ['functions/register/register.ts', '../../lib/middleware/http.ts', 'refused'],
  ['functions/register/register.ts', '../../lib/config.ts', 'refused'],
  ['functions/register/register.ts', '../../lib/domain/../config.ts', 'refused'],
  ['functions/register/register.ts', '../heartbeat/heartbeat.ts', 'refused'],
  ['functions/register/register.ts', './../heartbeat/heartbeat.ts', 'refused'],
  ['functions/register/schema.ts', 'zod', 'allowed'],
  ['functions/register/schema.ts', '../../lib/config.ts', 'refused'],
  ['functions/register/index.ts', './register.ts', 'allowed'],
  ['functions/register/index.ts', '../../lib/adapters/rds-data/client.ts', 'allowed'],
  ['functions/register/index.ts', '../../lib/middleware/http.ts', 'allowed'],
  ['functions/register/index.ts', '../../lib/config.ts', 'allowed'],
  ['functions/register/index.ts', '../heartbeat/heartbeat.ts', 'refused'],
  ['functions/register/index.ts', './../heartbeat/heartbeat.ts', 'refused'],
  ['functions/register/index.ts', '../../functions/heartbeat/heartbeat.ts', 'refused'],
  ['functions/register/index.ts', '../../lib/../functions/heartbeat/heartbeat.ts', 'refused'],
  ['functions/register/index.ts', '../../infra/migrate.ts', 'refused'],
  ['functions/register/index.ts', 'node:process', 'refused'],
];

const infraArrows: readonly Arrow[] = [
  ['infra/local/data-api/server.ts', '../postgres/start-postgres.ts', 'allowed'],
  ['infra/local/data-api/server.ts', '../../../lib/domain/status.ts', 'refused'],
  ['infra/local/ec2/server.ts', './actions/run-instances.ts', 'allowed'],
  ['infra/local/ec2/server.ts', '../../../lib/domain/status.ts', 'refused'],
  ['infra/local/ec2/server.ts', '../../../functions/hint/hint.ts', 'refused'],
  ['infra/local/ec2/actions/run-instances.ts', '../../../../lib/domain/status.ts', 'refused'],
  ['infra/local/secrets/server.ts', '../../../lib/config.ts', 'refused'],
  ['infra/local/start.ts', '../../lib/domain/status.ts', 'allowed'],
  ['infra/agent/main.ts', 'tar', 'allowed'],
  ['infra/agent/main.ts', '../../lib/domain/status.ts', 'refused'],
  ['infra/agent/main.ts', '../../functions/register/schema.ts', 'refused'],
  ['infra/agent/main.ts', '../local/ec2/server.ts', 'refused'],
];

const arrows = [...domainArrows, ...libraryArrows, ...functionArrows, ...infraArrows];

/** The lines of each file, one import a line, in the order of the table. */
function linesByFile(): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const [path, specifier] of arrows) lines.set(path, [...(lines.get(path) ?? []), `import '${specifier}';`]);
  return lines;
}

describe('the arrows of the design, as the lint holds them', () => {
  const lines = linesByFile();
  let project: ScratchProject;
  let refusals: readonly Refusal[] = [];

  beforeAll(() => {
    project = createScratchProject(new Map([...lines].map(([path, imports]) => [path, `${imports.join('\n')}\n`])));
    refusals = biomeRefusals(project.folder);
  }, 30_000);
  afterAll(() => project.remove());

  it.each(arrows)('%s importing %s is %s', (path, specifier, verdict) => {
    const line = (lines.get(path) ?? []).indexOf(`import '${specifier}';`) + 1;
    const refused = refusals.some(
      (refusal) => refusal.rule === 'lint/style/noRestrictedImports' && refusal.path === path && refusal.line === line,
    );
    expect(refused ? 'refused' : 'allowed').toBe(verdict);
  });
});
