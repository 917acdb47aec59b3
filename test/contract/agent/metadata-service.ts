import { listenOnLoopback } from './http-server.ts';

export const WORKSPACE_ID = '0190a6e2-7d3a-7cc2-9f4e-1d2b3c4d5e6f';
export const BOOTSTRAP_TOKEN = 'bootstrap-1';

/** The user data of an instance, as the registry writes it: a part of cloud-init's first, then the agent's. */
function userDataOf(bootstrap: Readonly<Record<string, unknown>>): string {
  return [
    'Content-Type: multipart/mixed; boundary="==MUSTER=="',
    'MIME-Version: 1.0',
    '',
    '--==MUSTER==',
    'Content-Type: text/cloud-config; charset="us-ascii"',
    '',
    '#cloud-config',
    '--==MUSTER==',
    'Content-Type: application/vnd.muster.bootstrap+json; charset="us-ascii"',
    'Content-Transfer-Encoding: 7bit',
    '',
    JSON.stringify(bootstrap),
    '--==MUSTER==--',
    '',
  ].join('\r\n');
}

/** An instance metadata service that only answers with a session token, as IMDSv2 does. */
export async function startMetadataService(registryUrl: string) {
  let [answers, failures] = [0, 0];
  const values = new Map([['/latest/meta-data/instance-id', 'i-0123456789abcdef0']]);
  const setUserData = (userData: string | null): void => {
    if (userData === null) values.delete('/latest/user-data');
    else values.set('/latest/user-data', userData);
  };
  const setGeneration = (generation: number): void =>
    setUserData(
      userDataOf({
        registry_url: registryUrl,
        workspace_id: WORKSPACE_ID,
        generation,
        bootstrap_token: BOOTSTRAP_TOKEN,
      }),
    );
  setGeneration(1);

  const server = await listenOnLoopback((request, _body, response) => {
    const { method, url, headers } = request;
    const value = values.get(url ?? '');
    const fails = answers === 0 && failures > 0;
    if (fails) failures -= 1;
    else if (answers > 0) answers -= 1;
    if (fails) response.writeHead(503).end();
    else if (method === 'PUT' && url === '/latest/api/token') {
      response.writeHead(headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined ? 400 : 200).end('session');
    } else if (headers['x-aws-ec2-metadata-token'] !== 'session') response.writeHead(401).end();
    else response.writeHead(value === undefined ? 404 : 200).end(value);
  });
  return {
    url: server.url,
    stop: server.stop,
    setUserData,
    setGeneration,
    /** Answers requests with 503, `times` of them, after `good` ones. */
    failNext: (times: number, good = 0): void => {
      [answers, failures] = [good, times];
    },
  };
}
