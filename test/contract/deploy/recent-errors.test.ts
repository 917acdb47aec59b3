import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { recentErrors } from '../../../infra/deploy/recent-errors.ts';
import { listen } from '../../integration/rollout/listen.ts';

it('the logs of many functions are searched a few at once: CloudWatch Logs throttles an account that asks for more', async () => {
  let [atOnce, most] = [0, 0];
  const server = await listen(async (request, response) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    const { logGroupName } = z.object({ logGroupName: z.string() }).parse(JSON.parse(await text(request)));
    await pause(10);
    atOnce -= 1;
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ events: [{ message: `of ${logGroupName}` }] }));
  });
  onTestFinished(() => server.stop());
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new CloudWatchLogsClient({ region: 'us-east-1', endpoint: server.url, credentials });
  const groups = Array.from({ length: 17 }, (_, at) => `group-${at}`);
  expect(await recentErrors(client, groups, Date.now())).toEqual(groups.map((group) => `${group}: of ${group}`));
  expect(most).toBeLessThanOrEqual(2);
});
