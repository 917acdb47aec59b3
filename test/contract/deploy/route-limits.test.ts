import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetGoneRoutes } from '../../../infra/deploy/route-limits.ts';
import { listen } from '../../integration/rollout/listen.ts';

const API = '/v2/apis/a1b2c3';
/** As API Gateway has them: of routes, and of limits of its stage. */
const routes: string[] = [];
const limits = new Set<string>();
let server: Awaited<ReturnType<typeof listen>>;
let client: ApiGatewayV2Client;

beforeAll(async () => {
  server = await listen(async ({ method, url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const answer = (status: number, body?: object, type = '') => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    const limit = `${API}/stages/%24default/routesettings/`;
    if (pathname === `${API}/stages/%24default`) {
      return answer(200, {
        stageName: '$default',
        routeSettings: Object.fromEntries([...limits].map((key) => [key, {}])),
      });
    }
    if (pathname === `${API}/routes`) {
      // A page holds one.
      const at = Number(searchParams.get('nextToken') ?? '0');
      const further = at + 1 < routes.length ? { nextToken: String(at + 1) } : {};
      return answer(200, { items: routes.slice(at, at + 1).map((routeKey) => ({ routeKey })), ...further });
    }
    if (method === 'DELETE' && pathname.startsWith(limit)) {
      limits.delete(decodeURIComponent(pathname.slice(limit.length)));
      return answer(204);
    }
    return answer(404, { message: 'Invalid API identifier specified' }, 'NotFoundException');
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new ApiGatewayV2Client({ region: 'us-east-1', endpoint: server.url, credentials });
});
afterAll(() => server.stop());
beforeEach(() => {
  routes.splice(0, routes.length, 'GET /ready', 'POST /workspaces', '$default');
  limits.clear();
});

describe('the limits of routes that are gone', () => {
  it('go, and no other', async () => {
    for (const key of ['GET /ready', 'GET /workspaces/{id}/old', '$default']) limits.add(key);
    expect(await forgetGoneRoutes(client, 'a1b2c3')).toEqual(['GET /workspaces/{id}/old']);
    expect([...limits]).toEqual(['GET /ready', '$default']);
  });

  it('are none where every limit has its route', async () => {
    for (const key of routes) limits.add(key);
    expect(await forgetGoneRoutes(client, 'a1b2c3')).toEqual([]);
    expect([...limits]).toEqual(routes);
  });

  it('are none where the API is gone', async () => {
    expect(await forgetGoneRoutes(client, 'elsewhere')).toEqual([]);
  });
});
