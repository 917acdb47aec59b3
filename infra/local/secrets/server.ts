import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { portOf } from '../ports.ts';

/** A running server; `url` is what the client takes as its endpoint. */
export type Secrets = { url: string; stop(): Promise<void> };

type Secret = { arn: string; name: string; value: string | null; versionId: string };
type Answer = { status: number; body: object };

const getSecretValue = z.object({ SecretId: z.string() });
const putSecretValue = z.object({
  SecretId: z.string(),
  SecretString: z.string(),
  ClientRequestToken: z.string().min(32),
});

const NO_SECRET = "Secrets Manager can't find the specified secret.";

/**
 * Serves GetSecretValue and PutSecretValue of AWS Secrets Manager on 127.0.0.1 for secrets that are given at the start.
 * Only the version AWSCURRENT is kept. Requests need no signature.
 *
 * @param options.secrets the values by name or ARN; a secret is found by both, whichever is given. null: it has no value
 */
export async function startSecrets(options: { secrets: Record<string, string | null> }): Promise<Secrets> {
  const secrets = Object.entries(options.secrets).map(([id, value]) => describe(id, value));
  const startedAt = Date.now() / 1000;

  const find = (id: string) => secrets.find(({ arn, name }) => id === arn || id === name);

  function put({ SecretId, SecretString, ClientRequestToken }: z.output<typeof putSecretValue>): Answer {
    const secret = find(SecretId);
    if (secret === undefined) return refuse('ResourceNotFoundException', NO_SECRET);
    if (secret.versionId === ClientRequestToken && secret.value !== SecretString) {
      return refuse('ResourceExistsException', 'The version with this token has another value.');
    }
    Object.assign(secret, { value: SecretString, versionId: ClientRequestToken });
    const { arn: ARN, name: Name, versionId: VersionId } = secret;
    return { status: 200, body: { ARN, Name, VersionId, VersionStages: ['AWSCURRENT'] } };
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const body = await text(request);
    const operation = request.headers['x-amz-target'];
    if (operation === 'secretsmanager.PutSecretValue') return put(putSecretValue.parse(JSON.parse(body)));
    if (operation !== 'secretsmanager.GetSecretValue') {
      return refuse('UnknownOperationException', 'Only GetSecretValue and PutSecretValue are served.');
    }
    const secret = find(getSecretValue.parse(JSON.parse(body)).SecretId);
    if (secret === undefined) return refuse('ResourceNotFoundException', NO_SECRET);
    if (secret.value === null)
      return refuse('ResourceNotFoundException', `${NO_SECRET.slice(0, -1)} value for staging label: AWSCURRENT`);
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
function describe(id: string, value: string | null): Secret {
  const ofArn = /^arn:[^:]+:secretsmanager:[^:]*:\d*:secret:(.+?)(?:-\w{6})?$/.exec(id);
  const name = ofArn?.[1] ?? id;
  const arn = ofArn === null ? `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-local1` : id;
  return { arn, name, value, versionId: randomUUID() };
}

/** AWS JSON 1.1 carries an error's type in the body. */
function refuse(type: string, message: string): Answer {
  return { status: 400, body: { __type: type, message } };
}
