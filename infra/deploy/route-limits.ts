import {
  type ApiGatewayV2Client,
  DeleteRouteSettingsCommand,
  GetRoutesCommand,
  GetStageCommand,
  NotFoundException,
} from '@aws-sdk/client-apigatewayv2';

/** The only stage that the API has. */
const StageName = '$default';

/**
 * Takes from the API's stage the limits of routes that are gone. CloudFormation leaves them there with the route that it
 * removes, and from then on API Gateway refuses every change of the stage: "Unable to find Route by key".
 * @returns the keys of those routes
 */
export async function forgetGoneRoutes(client: ApiGatewayV2Client, ApiId: string): Promise<string[]> {
  const limited = await limitedRoutes(client, ApiId);
  if (limited.length === 0) return [];
  const routes = await routeKeys(client, ApiId);
  const gone = limited.filter((key) => !routes.has(key));
  for (const RouteKey of gone) {
    await client.send(new DeleteRouteSettingsCommand({ ApiId, StageName, RouteKey })).catch(noneIfMissing);
  }
  return gone;
}

/** None where there is no such API: then there is no stage that a change could be refused of. */
async function limitedRoutes(client: ApiGatewayV2Client, ApiId: string): Promise<string[]> {
  const stage = await client.send(new GetStageCommand({ ApiId, StageName })).catch(noneIfMissing);
  return Object.keys(stage?.RouteSettings ?? {});
}

async function routeKeys(client: ApiGatewayV2Client, ApiId: string): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page = await client.send(new GetRoutesCommand({ ApiId, NextToken }));
    for (const { RouteKey } of page.Items ?? []) if (RouteKey !== undefined) keys.add(RouteKey);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return keys;
}

function noneIfMissing(error: unknown): undefined {
  if (error instanceof NotFoundException) return undefined;
  throw error;
}
