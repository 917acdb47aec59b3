/**
 * The function `hint` in a process of its own, which hands it each event that is posted to 127.0.0.1: `hint-host PORT`.
 * Its environment is the function's. Says so when it listens, and ends with its stdin, once it has answered them all.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import PQueue from 'p-queue';
import { handler } from '../../../functions/hint/index.ts';
import { lambdaContext } from '../../support/events.ts';

/** How many of the function Lambda runs at once; the other events wait their turn there. */
const AT_ONCE = 50;

const lambda = new PQueue({ concurrency: AT_ONCE });

async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const event: unknown = JSON.parse(await text(request));
  response.end();
  await lambda.add(() => handler(event, lambdaContext()));
}

const server = createServer((request, response) => {
  hear(request, response).catch((error: unknown) => console.error(error));
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));
await once(process.stdin.resume(), 'end');
await lambda.onIdle();
process.exit();
