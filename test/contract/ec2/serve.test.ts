import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { stateChangeEvent } from '../../../infra/local/ec2/fleet/state-change-event.ts';
import type { ServeOptions } from '../../../infra/local/ec2/serve/options.ts';
import { poster } from '../../../infra/local/ec2/serve/poster.ts';
import { startEc2Process } from '../../../infra/local/ec2/serve/start-ec2-process.ts';
import { portOf } from '../../../infra/local/ports.ts';
import { addTo, newFleet } from './fleet.ts';
import { clientFor, describeIds, eventually, idsOf } from './start.ts';

const program = fileURLToPath(new URL('../../../infra/local/ec2/serve.ts', import.meta.url));
const image = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };

async function started(options: ServeOptions = {}) {
  const server = await startEc2Process(options);
  const ec2 = clientFor(server.url);
  onTestFinished(async () => {
    ec2.destroy();
    await server.stop();
  });
  return { server, ec2 };
}

const event = z.looseObject({ detail: z.object({ 'instance-id': z.string(), state: z.string() }) });

/** A receiver of events that answers each with this status. */
async function receiver(status: number) {
  const events: z.output<typeof event>[] = [];
  const server = createServer((request, response) => {
    const taken = json(request).then((body) => events.push(event.parse(body)));
    taken.then(
      () => response.writeHead(status).end('thank you'),
      (error: Error) => response.destroy(error),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${portOf(server)}/events`, events };
}

describe('The EC2 server as a process of its own', () => {
  it('answers as it was told: its zones, its templates, its timings', async () => {
    const { server, ec2 } = await started({
      region: 'eu-central-1',
      zones: ['eu-central-1a'],
      timings: { pendingMs: 60_000 },
      launchTemplates: { 'lt-00000001': { name: 'one', imageId: 'ami-0123456789abcdef0', instanceType: 't4g.small' } },
    });
    expect(Object.keys(server.subnetIds)).toEqual(['eu-central-1a']);
    const LaunchTemplate = { LaunchTemplateName: 'one' };
    const { Instances } = await ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1, LaunchTemplate }));
    const Filters = [
      { Name: 'availability-zone', Values: ['eu-central-1a'] },
      { Name: 'instance-state-name', Values: ['pending'] },
    ];
    expect(await describeIds(ec2, { Filters })).toEqual(idsOf(Instances));
  });

  it('posts every change of state of a fleet as an event', async () => {
    const { url, events } = await receiver(200);
    const { ec2 } = await started({ eventsUrl: url, timings: { pendingMs: 0, shuttingDownMs: 0 } });
    const InstanceIds = idsOf((await ec2.send(new RunInstancesCommand({ ...image, MaxCount: 60 }))).Instances);
    await eventually(() => expect(events).toHaveLength(120));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    await eventually(() => expect(events).toHaveLength(240));
    for (const state of ['pending', 'running', 'shutting-down', 'terminated']) {
      const ofState = events.filter(({ detail }) => detail.state === state);
      expect(ofState.map(({ detail }) => detail['instance-id']).sort()).toEqual(InstanceIds.toSorted());
    }
    expect(events[0]).toMatchObject({ source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification' });
  });

  it('lives on, and posts what comes after, when an event is refused', async () => {
    const { url, events } = await receiver(503);
    const { ec2 } = await started({ eventsUrl: url, timings: { pendingMs: 0 } });
    await ec2.send(new RunInstancesCommand(image));
    await eventually(() => expect(events).toHaveLength(2));
    expect(await describeIds(ec2, {})).toHaveLength(1);
  });

  it('says which event was refused, and with what', async () => {
    const { url } = await receiver(503);
    const instance = addTo(newFleet());
    const refused = poster(url)(stateChangeEvent(instance, 'us-east-1'));
    await expect(refused).rejects.toThrow(`${url} refused an event of ${instance.id} with 503`);
  });

  it('is gone when it was stopped', async () => {
    const { server } = await started();
    await server.stop();
    await expect(fetch(server.url)).rejects.toThrow();
    expect(() => process.kill(server.pid ?? 0, 0)).toThrow();
  });

  it.each([
    ['by SIGTERM', (child: ReturnType<typeof spawn>) => child.kill('SIGTERM')],
    ['with its stdin', (child: ReturnType<typeof spawn>) => child.stdin?.end()],
  ])('ends %s, with exit code 0 and one line on stdout', async (_how, end) => {
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    const exit = once(child, 'exit');
    await eventually(() => expect(printed).toMatch(/^\{"url":"http:\/\/127\.0\.0\.1:\d+","subnetIds":\{.*\}\}\n$/));
    await Promise.race([exit.then(() => expect.fail('it ended by itself')), delay(100)]);
    end(child);
    expect(await exit).toEqual([0, null]);
  });

  it.each([
    ['no JSON', 'zones', /^\nThe options are not JSON: zones\n\n$/],
    ['an unknown option', '{"zone":"a"}', /Unrecognized key: "zone"/],
    ['no zones', '{"zones":[]}', /zones/],
    ['a URL that is none', '{"eventsUrl":"nowhere"}', /eventsUrl/],
  ])('says what is wrong, and ends with 1, when its options are %s', async (_what, options, words) => {
    const ended = await new Promise((resolve) => {
      execFile(process.execPath, [program, options], (error, stdout, stderr) =>
        resolve({ code: error?.code, stdout, stderr }),
      );
    });
    expect(ended).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(words) });
  });
});
