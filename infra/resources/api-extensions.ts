import * as z from 'zod';
import { getAtt, NO_VALUE, type Value, when } from './cloudformation.ts';
import { DEPLOYED } from './functions.ts';
import type { Framework, Service } from './service.ts';

/** Calls of each route that are let through in a second, and at once; what is above is answered 429. */
const LIMITS = {
  runtime: { rate: 2_000, burst: 4_000 },
  operator: { rate: 50, burst: 100 },
  anyone: { rate: 20, burst: 40 },
} as const;

type Caller = keyof typeof LIMITS;

/** What a line of the access log tells: no header, no body, no query, so no token. */
const ACCESS_LOG = JSON.stringify({
  at: '$context.requestTimeEpoch',
  requestId: '$context.requestId',
  route: '$context.routeKey',
  path: '$context.path',
  status: '$context.status',
  functionStatus: '$context.integrationStatus',
  milliseconds: '$context.responseLatency',
  bytes: '$context.responseLength',
  address: '$context.identity.sourceIp',
  error: '$context.error.message',
});

/** What the framework's API lacks: limits for each route, access logs by choice, the domain as the only way in. */
export async function apiExtensions(service: Service, framework: Framework): Promise<Record<string, Value>> {
  const limits = await readLimits(framework);
  const settings = service.flatMap(({ name, routes }) => {
    const caller = DEPLOYED.find((deployed) => deployed.name === name)?.caller ?? 'anyone';
    return routes.map((key): [string, Value] => [key, limits[caller]]);
  });
  const toLogGroup = { DestinationArn: getAtt('HttpApiAccessLogs', 'Arn'), Format: ACCESS_LOG };
  return {
    HttpApi: { Properties: { DisableExecuteApiEndpoint: when('HasDomain', true, false) } },
    HttpApiStage: {
      // API Gateway refuses the limit of a route that is not there yet.
      DependsOn: settings.map(([key]) => routeIdOf(key)),
      Properties: {
        DefaultRouteSettings: limits.anyone,
        RouteSettings: Object.fromEntries(settings),
        AccessLogSettings: when('AccessLogs', toLogGroup, NO_VALUE),
      },
    },
  };
}

async function readLimits({ resolveVariable }: Framework): Promise<Readonly<Record<Caller, Value>>> {
  const number = async (variable: string) =>
    z.coerce
      .number()
      .positive()
      .parse(await resolveVariable(variable));
  const DetailedMetricsEnabled = (await resolveVariable("param:detailed-metrics, 'false'")) === 'true';
  const limitsOf = async (caller: Caller) => ({
    DetailedMetricsEnabled,
    ThrottlingRateLimit: await number(`param:${caller}-rate, ${LIMITS[caller].rate}`),
    ThrottlingBurstLimit: await number(`param:${caller}-burst, ${LIMITS[caller].burst}`),
  });
  return {
    runtime: await limitsOf('runtime'),
    operator: await limitsOf('operator'),
    anyone: await limitsOf('anyone'),
  };
}

/** How the framework calls a route in the id of its resource. */
function routeIdOf(key: string): string {
  const parts = key === '$default' ? ['default'] : key.toLowerCase().split('/');
  return `HttpApiRoute${parts.map(namePart).join('')}`;
}

function namePart(part: string): string {
  const name = part
    .replaceAll('-', 'Dash')
    .replace(/\{(.*)\}/, '$1Var')
    .replaceAll(/[^0-9A-Za-z]/g, '');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
