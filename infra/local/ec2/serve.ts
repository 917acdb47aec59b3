/**
 * The EC2 server as a process of its own, so that who measures against it does not share a thread with it:
 *
 *     node infra/local/ec2/serve.ts ['{"zones":["us-east-1a"],"timings":{"pendingMs":0},"eventsUrl":"http://127.0.0.1:1"}']
 *
 * Its instances are entries in a table and nothing else. Prints {"url":…,"subnetIds":…} as one line of JSON when it
 * listens. Ends with its stdin, and so with whoever holds it, or by SIGTERM or SIGINT: exit code 0; 1: it could not start.
 */
import { once } from 'node:events';
import { runLifetime, until } from '../stack/lifetime.ts';
import { readOptions } from './serve/options.ts';
import { poster } from './serve/poster.ts';
import { startEc2 } from './server.ts';

process.exitCode = await runLifetime(async ({ parts, over }) => {
  const { eventsUrl, ...options } = readOptions(process.argv[2]);
  const events = eventsUrl === undefined ? {} : { onStateChange: poster(eventsUrl) };
  const { url, subnetIds, stop } = await startEc2({ ...options, ...events, boot: { kind: 'none' } });
  parts.defer(stop);
  console.log(JSON.stringify({ url, subnetIds }));
  await Promise.race([until(over), once(process.stdin.resume(), 'end')]);
});
process.exit();
