import { describe, expect, it } from 'vitest';
import { extensions, ruleArns } from '../../../infra/resources/extensions.ts';

const functions = {
  heartbeat: { events: [{ httpApi: 'POST /registry/heartbeat' }] },
  commands: { events: [{ httpApi: { method: 'POST', path: '/workspaces/{id}/reissue-token', authorizer: {} } }] },
  'not-found': { events: [{ httpApi: '*' }] },
  sweep: { events: [{ schedule: 'rate(1 minute)' }] },
  hint: { events: [{ eventBridge: {} }] },
};

/** The framework, told so much on its command line; its fallback is what stands after the comma. */
function framework(params: Readonly<Record<string, string>> = {}, given: unknown = functions) {
  return {
    resolveConfigurationProperty: async () => given,
    resolveVariable: async (variable: string) => {
      const [, name = '', otherwise = ''] = /^param:([a-z-]+)(?:, (.*))?$/.exec(variable) ?? [];
      return { 'schedule-rate': 'rate(1 minute)', ...params }[name] ?? otherwise.replaceAll("'", '');
    },
  };
}

describe("the stage of the framework's API", () => {
  it('lets runtimes through more often than operators, and these more often than anyone', async () => {
    expect(await extensions(framework())).toMatchObject({
      HttpApiStage: {
        Properties: {
          RouteSettings: {
            'POST /registry/heartbeat': { ThrottlingRateLimit: 2000, ThrottlingBurstLimit: 4000 },
            'POST /workspaces/{id}/reissue-token': { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
            $default: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
          },
          DefaultRouteSettings: { ThrottlingRateLimit: 20, DetailedMetricsEnabled: false },
        },
      },
    });
  });

  it('waits for the routes whose limits it has', async () => {
    expect(await extensions(framework())).toMatchObject({
      HttpApiStage: {
        DependsOn: [
          'HttpApiRoutePostRegistryHeartbeat',
          'HttpApiRoutePostWorkspacesIdVarReissueDashtoken',
          'HttpApiRouteDefault',
        ],
      },
    });
  });

  it('takes limits and metrics from parameters, as numbers and truths', async () => {
    const given = framework({ 'runtime-rate': '3000.5', 'runtime-burst': '5000', 'detailed-metrics': 'true' });
    expect(await extensions(given)).toMatchObject({
      HttpApiStage: {
        Properties: {
          RouteSettings: {
            'POST /registry/heartbeat': {
              ThrottlingRateLimit: 3000.5,
              ThrottlingBurstLimit: 5000,
              DetailedMetricsEnabled: true,
            },
          },
        },
      },
    });
  });

  it('writes a line for each call, and is reached by its own name, only where that is chosen', async () => {
    expect(await extensions(framework())).toMatchObject({
      HttpApi: { Properties: { DisableExecuteApiEndpoint: { 'Fn::If': ['HasDomain', true, false] } } },
      HttpApiStage: {
        Properties: { AccessLogSettings: { 'Fn::If': ['AccessLogs', expect.anything(), { Ref: 'AWS::NoValue' }] } },
      },
    });
  });

  it.each(['many', '0', '-1', ''])('refuses %j as a limit', async (rate) => {
    await expect(extensions(framework({ 'operator-rate': rate }))).rejects.toThrow();
  });

  it('tells nothing of a call in its log that could be a token', async () => {
    const said = JSON.stringify(await extensions(framework()));
    expect(said).toContain('$context.requestId');
    expect(said).not.toMatch(/header|authorization|querystring|body/i);
  });
});

describe('a rule of EventBridge', () => {
  it('leaves what it could not deliver in a queue, within a minute', async () => {
    expect(await extensions(framework())).toMatchObject({
      SweepEventsRuleSchedule1: {
        Properties: {
          Targets: [
            {
              Arn: { 'Fn::GetAtt': ['SweepLambdaFunction', 'Arn'] },
              DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['EventDeadLetterQueue', 'Arn'] } },
              RetryPolicy: { MaximumEventAgeInSeconds: 60 },
            },
          ],
        },
      },
    });
  });

  it('is the only one that may write into that queue', async () => {
    expect(await ruleArns(framework())).toEqual([
      { 'Fn::GetAtt': ['SweepEventsRuleSchedule1', 'Arn'] },
      {
        'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/\${self:service}-\${sls:stage}-hint`,
      },
    ]);
  });
});

describe('schedules', () => {
  it.each([
    [{ 'schedule-rate': 'rate(2 minutes)' }, 'runs 120 s apart need a gap-seconds of more than 120, not 90'],
    [{ 'schedule-rate': 'rate(30 minutes)', 'gap-seconds': '1800' }, 'runs 1800 s apart need a gap-seconds of more'],
    [{ 'gap-seconds': '60' }, 'GAP_SECONDS is under 75'],
    [{ 'schedule-rate': 'cron(0 * * * ? *)' }, 'is no rate of a schedule'],
  ])('are refused where each run would be an outage: %j', async (params, why) => {
    await expect(extensions(framework(params))).rejects.toThrow(why);
  });

  it('may run seldom where a longer gap is no outage', async () => {
    const seldom = framework({ 'schedule-rate': 'rate(30 minutes)', 'gap-seconds': '2400' });
    await expect(extensions(seldom)).resolves.toHaveProperty('HttpApiStage');
  });
});

describe('a function', () => {
  it('is traced only where that is chosen', async () => {
    const mode = { 'Fn::If': ['Tracing', 'Active', 'PassThrough'] };
    expect(await extensions(framework())).toMatchObject({
      NotDashfoundLambdaFunction: { Properties: { TracingConfig: { Mode: mode } } },
    });
  });
});

describe('serverless.yml', () => {
  it('is refused where its events are in a form that is not read here', async () => {
    await expect(
      extensions(framework({}, { sweep: { events: [{ schedule: ['rate(1 minute)'] }] } })),
    ).rejects.toThrow();
  });
});
