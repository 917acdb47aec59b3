import { describe, expect, it } from 'vitest';
import { permissionFindings } from '../../../infra/check/events/permissions.ts';
import { type Callers, routeFindings } from '../../../infra/check/events/routes.ts';
import { lineOf } from '../../../infra/check/finding.ts';
import { type Change, standing } from './small-stack.ts';

type Properties = Record<string, unknown>;

const api = () => ({
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: { IntegrationUri: { 'Fn::GetAtt': ['Sweep', 'Arn'] } } satisfies Properties,
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      RouteKey: 'POST /workspaces',
      AuthorizationType: 'AWS_IAM',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
    } satisfies Properties,
  },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    DependsOn: ['Route'],
    Properties: { RouteSettings: { 'POST /workspaces': { ThrottlingRateLimit: 1 } } } satisfies Properties,
  },
  Door: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: { 'Fn::GetAtt': ['Sweep', 'Arn'] },
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: 'arn:aws:execute-api:us-east-1:123456789012:api/*',
    } satisfies Properties,
  },
});

async function linesOf(
  change: (document: ReturnType<typeof api>) => void,
  caller: 'operator' | 'runtime' = 'operator',
): Promise<string[]> {
  const document = api();
  change(document);
  const withApi: Change = ({ Resources }) => Object.assign(Resources, document);
  const { template, resolve, deployed } = await standing(withApi);
  const callers: Callers = new Map([['sweep', caller]]);
  return routeFindings({ template, resolve, functions: deployed, callers }).map(lineOf);
}

describe('the routes of an API', () => {
  it('are right when each leads to its function, is signed and limited', async () => {
    expect(await linesOf(() => {})).toEqual([]);
  });

  it.each<[string, (document: ReturnType<typeof api>) => void, string]>([
    [
      'an operator’s route that anyone may call',
      ({ Route }) => Object.assign(Route.Properties, { AuthorizationType: 'NONE' }),
      "event: Route: POST /workspaces is an operator's, and anyone may call it: AuthorizationType is not AWS_IAM",
    ],
    [
      'settings of a route that there is not',
      ({ Stage }) =>
        Object.assign(Stage.Properties, { RouteSettings: { 'POST /workspaces': {}, 'POST /workspace': {} } }),
      'event: Stage.Properties.RouteSettings.POST /workspace: there is no such route, so API Gateway refuses the stage',
    ],
    [
      'a route without limits',
      ({ Stage }) => Object.assign(Stage.Properties, { RouteSettings: {} }),
      'event: Stage.Properties.RouteSettings.POST /workspaces: is missing: the route has no limit of its own',
    ],
    [
      'a misspelt limit',
      ({ Stage }) =>
        Object.assign(Stage.Properties, { RouteSettings: { 'POST /workspaces': { ThrotlingRateLimit: 1 } } }),
      'event: Stage.Properties.RouteSettings.POST /workspaces.ThrotlingRateLimit: is no setting of a route',
    ],
    [
      'a stage that does not wait for its routes',
      ({ Stage }) => Object.assign(Stage, { DependsOn: [] }),
      'event: Stage.DependsOn: does not name Route, whose limits API Gateway refuses before it is there',
    ],
    [
      'a function that API Gateway may not call',
      ({ Door }) => Object.assign(Door.Properties, { Principal: 'events.amazonaws.com' }),
      'event: Sweep: no AWS::Lambda::Permission lets API Gateway call it',
    ],
  ])('%s is named', async (_what, change, line) => {
    expect(await linesOf(change)).toEqual([line]);
  });

  it('a runtime’s route that asks for a signature is named', async () => {
    expect(await linesOf(() => {}, 'runtime')).toEqual([
      "event: Route: POST /workspaces is no operator's, and asks for AWS_IAM: nobody else gets through",
    ]);
  });

  it('a route that leads to nothing is named, and the function that none leads to', async () => {
    const lines = await linesOf(({ Route }) => Object.assign(Route.Properties, { Target: 'integrations/x' }));
    expect(lines).toEqual([
      'event: Route: POST /workspaces leads to no function of this template',
      'event: Sweep: no route leads to it',
    ]);
  });
});

describe('whom a function lets call it', () => {
  const ofUrl = { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: { 'Fn::GetAtt': ['Sweep', 'Arn'] } } };
  const door = (Action: string, more: Properties) => ({
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName: { 'Fn::GetAtt': ['Sweep', 'Arn'] }, Action, Principal: '*', ...more },
  });
  const first = door('lambda:InvokeFunctionUrl', { FunctionUrlAuthType: 'NONE' });
  const linesWith = async (resources: Properties) => {
    const { template, resolve } = await standing(({ Resources }) => Object.assign(Resources, resources));
    return permissionFindings(template, resolve).map(lineOf);
  };

  it('may be anyone who calls through its URL', async () => {
    const second = door('lambda:InvokeFunction', { InvokedViaFunctionUrl: true });
    expect(await linesWith({ Url: ofUrl, First: first, Second: second })).toEqual([]);
  });

  it('may not be anyone who calls otherwise', async () => {
    expect(await linesWith({ Second: door('lambda:InvokeFunction', {}) })).toEqual([
      'event: Second: lets * call from anywhere',
    ]);
  });

  it('is nobody at a URL without both permissions', async () => {
    expect(await linesWith({ Url: ofUrl, First: first })).toEqual([
      'event: Url: no AWS::Lambda::Permission gives its callers lambda:InvokeFunction: each is answered 403',
    ]);
  });
});
