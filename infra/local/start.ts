import { createFleet } from './fleet/create-fleet.ts';
import { createRegistryClient } from './fleet/registry-client.ts';
import { watchFleet } from './fleet/watch-fleet.ts';
import type { Lifetime } from './stack/lifetime.ts';
import { runLifetime, until } from './stack/lifetime.ts';
import { startStack } from './stack/start-stack.ts';
import { describeStack, suggest } from './view/describe-stack.ts';
import { showLines } from './view/show-lines.ts';
import { showTable } from './view/show-table.ts';
import { wishedPort } from './wished-port.ts';

/** `npm start`: the whole registry on one machine, with a small fleet, until Ctrl-C. */
async function start(lifetime: Lifetime): Promise<void> {
  const elapsedMs = () => performance.now();
  const write = (line: string) => console.log(line);
  const heartbeatUrl = process.env['MUSTER_HEARTBEAT_URL'] === 'true';
  const starting = (name: string) => write(`Starting ${name} …`);
  const stack = await startStack(lifetime, wishedPort(process.env['PORT']), starting, { heartbeatUrl });
  for (const line of describeStack(stack)) write(line);

  const registry = createRegistryClient(stack.api);
  const first = await Promise.race([
    createFleet(registry, { web: stack.seoAll, s3: stack.seoAllInS3 }),
    until(lifetime.over),
  ]);
  if (first !== undefined) for (const line of suggest(stack, first)) write(line);
  const sights = watchFleet(registry, lifetime.over);
  if (process.stdout.isTTY) await showTable(sights, elapsedMs, process.stdout);
  else await showLines(sights, elapsedMs, write);
  write('Stopping …');
}

process.exit(await runLifetime(start));
