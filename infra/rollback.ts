import { readRollbackLine } from './deploy/options.ts';
import { rollBack } from './deploy/roll-back.ts';
import { run } from './deploy/run.ts';

/** `npm run rollback`: the code of an earlier commit, on the schema as it is. */
process.exit(await run(readRollbackLine, rollBack));
