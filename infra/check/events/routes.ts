import { type Finding, findingsOf } from '../finding.ts';
import { isObject, type Json, resourcesOf, type Template } from '../template/template.ts';
import type { DeployedFunction } from '../world/deployed.ts';
import { type Resolve, textOf } from '../world/resolve.ts';

const found = findingsOf('event');

/** Who calls the functions that HTTP routes lead to, by the functions' names. */
export type Callers = ReadonlyMap<string, 'runtime' | 'operator' | 'anyone'>;

type Facts = {
  readonly template: Template;
  readonly resolve: Resolve;
  readonly functions: readonly DeployedFunction[];
  readonly callers: Callers;
};

type Route = {
  readonly id: string;
  readonly key: string;
  readonly authorization: string;
  readonly leadsTo: string | undefined;
};

/** What API Gateway knows of a route's settings; the specification takes any document for them. */
const SETTINGS = ['DataTraceEnabled', 'DetailedMetricsEnabled', 'LoggingLevel'].concat([
  'ThrottlingBurstLimit',
  'ThrottlingRateLimit',
]);

/** Every HTTP function has a route, which API Gateway may take to it; operators' are signed, and each has its limits. */
export function routeFindings(facts: Facts): Finding[] {
  const routes = routesOf(facts);
  const functions = facts.functions.filter(({ name }) => facts.callers.has(name));
  return [
    ...routes.flatMap((route) => authorizationFindings(route, facts.callers)),
    ...functions.flatMap((deployed) => reachFindings(deployed, routes, facts)),
    ...resourcesOf(facts.template, 'AWS::ApiGatewayV2::Stage').flatMap(([id, { Properties, DependsOn }]) =>
      settingsFindings(id, facts.resolve(Properties['RouteSettings'] ?? {}), DependsOn, routes),
    ),
  ];
}

function routesOf({ template, resolve, functions }: Facts): Route[] {
  const integrations = resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => {
    const uri = textOf(resolve(Properties['IntegrationUri'] ?? ''));
    return {
      target: `integrations/${textOf(resolve({ Ref: id }))}`,
      name: functions.find(({ functionName }) => uri.endsWith(`:function:${functionName}`))?.name,
    };
  });
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([id, { Properties }]) => {
    const target = textOf(resolve(Properties['Target'] ?? ''));
    return {
      id,
      key: textOf(resolve(Properties['RouteKey'] ?? '')),
      authorization: textOf(resolve(Properties['AuthorizationType'] ?? 'NONE')),
      leadsTo: integrations.find((one) => one.target === target)?.name,
    };
  });
}

function authorizationFindings({ id, key, authorization, leadsTo }: Route, callers: Callers): Finding[] {
  if (leadsTo === undefined) return [found(id, `${key} leads to no function of this template`)];
  const wanted = callers.get(leadsTo) === 'operator' ? 'AWS_IAM' : 'NONE';
  if (authorization === wanted) return [];
  return wanted === 'AWS_IAM'
    ? [found(id, `${key} is an operator's, and anyone may call it: AuthorizationType is not AWS_IAM`)]
    : [found(id, `${key} is no operator's, and asks for ${authorization}: nobody else gets through`)];
}

function reachFindings({ id, name, functionName }: DeployedFunction, routes: readonly Route[], facts: Facts) {
  const { template, resolve } = facts;
  const isPermitted = resourcesOf(template, 'AWS::Lambda::Permission').some(
    ([, { Properties }]) =>
      Properties['Principal'] === 'apigateway.amazonaws.com' &&
      textOf(resolve(Properties['FunctionName'] ?? ''))
        .split(':')
        .at(-1) === functionName,
  );
  return [
    ...(routes.some(({ leadsTo }) => leadsTo === name) ? [] : [found(id, 'no route leads to it')]),
    ...(isPermitted ? [] : [found(id, 'no AWS::Lambda::Permission lets API Gateway call it')]),
  ];
}

function settingsFindings(id: string, settings: Json, dependsOn: readonly string[], routes: readonly Route[]) {
  const given = isObject(settings) ? settings : {};
  const at = `${id}.Properties.RouteSettings`;
  const unknown = Object.keys(given).filter((key) => !routes.some((route) => route.key === key));
  return [
    ...unknown.map((key) => found(`${at}.${key}`, 'there is no such route, so API Gateway refuses the stage')),
    ...routes.flatMap((route) => {
      const known = given[route.key];
      if (!isObject(known)) return [found(`${at}.${route.key}`, 'is missing: the route has no limit of its own')];
      return [
        ...(dependsOn.includes(route.id)
          ? []
          : [
              found(
                `${id}.DependsOn`,
                `does not name ${route.id}, whose limits API Gateway refuses before it is there`,
              ),
            ]),
        ...Object.keys(known)
          .filter((name) => !SETTINGS.includes(name))
          .map((name) => found(`${at}.${route.key}.${name}`, 'is no setting of a route')),
      ];
    }),
  ];
}
