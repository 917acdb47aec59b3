import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { portOf } from '../ports.ts';

/** A running server; `url` is what the client takes as its endpoint. */
export type Secrets = { url: string; stop(): Promise<void> };

type Secret = { arn: string; name: string; value: string; versionId: string };
type Answer = { status: number; body: object };

const getSecretValue = z.object({ SecretId: z.string() });

/**
 * Serves GetSecretValue of AWS Secrets Manager on 127.0.0.1 for secrets that are given at the start. Each has one
 * version, AWSCURRENT. Requests need no signature.
 *
 * @param options.secrets the values by name or ARN; a secret is found by both, whichever is given
 */
export async function startSecrets(options: { secrets: Record<string, string> }): Promise<Secrets> {
  const secrets = Object.entries(options.secrets).map(([id, value]) => describe(id, value));
  const startedAt = Date.now() / 1000;

  async function answer(request: IncomingMessage): Promise<Answer> {
    const body = await text(request);
    if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
      return refuse('UnknownOperationException', 'Only GetSecretValue is served.');
    }
    const { SecretId } = getSecretValue.parse(JSON.parse(body));
    const secret = secrets.find(({ arn, name }) => SecretId === arn || SecretId === name);
    if (secret === undefined) {
      return refuse('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return {
      status: 200,
      body: {
        ARN: secret.arn,
        Name: secret.name,
        SecretString: secret.value,
        VersionId: secret.versionId,
        VersionStages: ['AWSCURRENT'],
        CreatedDate: startedAt,
      },
    };
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await answer(request).catch((error: unknown) =>
      refuse('InvalidRequestException', String(error)),
    );
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  }

  const server = createServer((request, response) => void respond(request, response));
  server.keepAliveTimeout = 0; // a client that reuses a connection never meets one that closes
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function stop(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  return { url: `http://127.0.0.1:${portOf(server)}`, stop };
}

/** An ARN ends in the name, a hyphen and six characters of its own. */
function describe(id: string, value: string): Secret {
  const ofArn = /^arn:[^:]+:secretsmanager:[^:]*:\d*:secret:(.+?)(?:-\w{6})?$/.exec(id);
  const name = ofArn?.[1] ?? id;
  const arn = ofArn === null ? `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-local1` : id;
  return { arn, name, value, versionId: randomUUID() };
}

/** AWS JSON 1.1 carries an error's type in the body. */
function refuse(type: string, message: string): Answer {
  return { status: 400, body: { __type: type, message } };
}
