import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const asked: URLSearchParams[] = [];
let server: Server;
let scratch: string;
let url: string;

/** An account without stacks, in which none can be made. */
beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  url = `http://127.0.0.1:${address.port}`;
  // The framework keeps its work in the service's folder, in which another may be packaging.
  scratch = await mkdtemp(join(tmpdir(), 'muster-first-'));
  await cp(join(ROOT, 'infra/data'), scratch, { recursive: true, filter: (path) => !path.endsWith('.serverless') });
});

afterAll(async () => {
  server.close();
  await rm(scratch, { recursive: true, force: true });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams(await text(request));
  asked.push(form);
  const says = form.get('Action') === 'DescribeStacks' ? 'Stack with id muster-data-dev does not exist' : 'enough';
  const error = `<Error><Type>Sender</Type><Code>ValidationError</Code><Message>${says}</Message></Error>`;
  response.writeHead(400, { 'content-type': 'text/xml' });
  response.end(`<ErrorResponse>${error}</ErrorResponse>`);
}

async function deploy(): Promise<void> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/serverless/bin/serverless.js'), 'deploy'], {
    cwd: scratch,
    env: {
      ...{ PATH, HOME, AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      ...{ AWS_MAX_ATTEMPTS: '1', SLS_TELEMETRY_DISABLED: '1' },
    },
    stdio: 'ignore',
  });
  await once(child, 'close');
}

it('a new stack is made of a template that has every parameter which is given with it: CloudFormation refuses others', async () => {
  await deploy();
  const made = asked.find((form) => form.get('Action') === 'CreateChangeSet');
  expect(made?.get('ChangeSetType')).toBe('CREATE');
  const given = [...(made ?? [])].filter(([key]) => key.endsWith('.ParameterKey')).map(([, name]) => name);
  expect(given).toContain('MinCapacity');
  const { Parameters = {} } = JSON.parse(made?.get('TemplateBody') ?? '{}');
  expect(Object.keys(Parameters)).toEqual(expect.arrayContaining(given));
});
