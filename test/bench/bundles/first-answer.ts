import { createRequire } from 'node:module';
import { lambdaContext } from '../../support/events.ts';

/** Loads the bundle that the first argument names, hands it the event of the second, and writes its answer's status. */
const [, , file = '', event = ''] = process.argv;
const { handler } = createRequire(import.meta.url)(file);
const answer = await handler(JSON.parse(event), lambdaContext());
process.stdout.write(String(answer.statusCode));
process.exit();
