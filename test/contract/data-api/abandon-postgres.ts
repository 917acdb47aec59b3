/** Starts PostgreSQL in a run folder, says where, and waits to be killed. */
import { createRunFolder } from '../../../infra/local/postgres/run-folder.ts';
import { startPostgres } from '../../../infra/local/postgres/start-postgres.ts';

const { folder, processId } = await startPostgres({ folder: await createRunFolder() });
process.stdout.write(`${JSON.stringify({ folder, processId })}\n`);
setInterval(() => undefined, 60_000);
