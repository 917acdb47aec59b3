import { listenOnLoopback } from './http-server.ts';

export const WORKSPACE_ID = '0190a6e2-7d3a-7cc2-9f4e-1d2b3c4d5e6f';
export const BOOTSTRAP_TOKEN = 'bootstrap-1';

/** The user data of an instance, as the registry writes it: a part of cloud-init's first, then the agent's. */
export function userDataOf(bootstrap: Readonly<Record<string, unknown>>): string {
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
  let userData = '';
  const setGeneration = (generation: number): void => {
    userData = userDataOf({
      registry_url: registryUrl,
      workspace_id: WORKSPACE_ID,
      generation,
      bootstrap_token: BOOTSTRAP_TOKEN,
    });
  };
  setGeneration(1);
  const server = await listenOnLoopback((request, _body, response) => {
    if (request.method === 'PUT' && request.url === '/latest/api/token') {
      response.end(request.headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined ? '' : 'session');
      return;
    }
    response.statusCode = request.headers['x-aws-ec2-metadata-token'] === 'session' ? 200 : 401;
    if (response.statusCode === 200 && request.url === '/latest/meta-data/instance-id')
      response.write('i-0123456789abcdef0');
    else if (response.statusCode === 200 && request.url === '/latest/user-data') response.write(userData);
    else if (response.statusCode === 200) response.statusCode = 404;
    response.end();
  });
  return { url: server.url, stop: server.stop, setGeneration };
}
