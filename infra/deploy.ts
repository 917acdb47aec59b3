import { dryRun } from './deploy/dry-run.ts';
import { readDeployLine } from './deploy/options.ts';
import { rollOut } from './deploy/roll-out.ts';
import { run } from './deploy/run.ts';

/** `npm run deploy`: the whole rollout, or with --dry-run what it would do. */
process.exit(await run(readDeployLine, (line, ports) => (line.dryRun ? dryRun(line, ports) : rollOut(line, ports))));
