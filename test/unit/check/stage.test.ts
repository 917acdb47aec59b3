import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import { stageFindings } from '../../../infra/check/stage.ts';
import { type Change, smallData, smallService, smallSources } from './small-stack.ts';

async function linesOf(change?: Change): Promise<string[]> {
  const templates = { stage: 'dev', data: smallData(), service: smallService(change) };
  return [...new Set((await stageFindings(templates, await smallSources())).map(lineOf))];
}

describe('the check of a stage', () => {
  it('finds nothing in a stack that is right', async () => {
    expect(await linesOf()).toEqual([]);
  });

  it('names a mistake of every kind', async () => {
    const lines = await linesOf(({ Resources }) => {
      const { Queue, Sweep, Rule, SweepRole } = Resources;
      Reflect.deleteProperty(Resources, 'Invokes');
      Object.assign(Queue.Properties, { Colour: 'red' });
      Object.assign(Sweep.Properties, { Environment: { Variables: {} } });
      Object.assign(Rule.Properties, { State: 'DISABLED' });
      Object.assign(SweepRole.Properties, { Policies: [] });
      const permission = { FunctionName: 'a', Action: 'lambda:InvokeFunction', Principal: '*' };
      Object.assign(Resources, {
        QueuePolicy: { Type: 'AWS::SQS::Queue', Properties: {} },
        Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: 'a', RouteKey: 'GET /' } },
        Door: { Type: 'AWS::Lambda::Permission', Properties: permission },
      });
    });
    expect(lines).toContain('event: Sweep: has no AWS::Lambda::EventInvokeConfig: it would be retried twice');
    expect(lines).toContain('event: Route: GET / leads to no function of this template');
    expect(lines).toContain('event: Rule: no AWS::SQS::QueuePolicy lets it leave anything in muster-dev-Queue');
    expect(lines).toContain('event: Door: lets * call from anywhere');
    const kinds = lines.map((line) => line.split(':')[0]);
    expect(new Set(kinds)).toEqual(new Set(['template', 'environment', 'event', 'right']));
  });
});

it('a right that is wider than what needs it is named', async () => {
  const lines = await linesOf(({ Resources: { SweepRole } }) => {
    const [policy] = SweepRole.Properties.Policies;
    const statement = policy?.PolicyDocument.Statement.find(
      ({ Action }) => String(Action) === 'rds-data:ExecuteStatement',
    );
    Object.assign(statement ?? {}, { Action: ['rds-data:*'] });
  });
  expect(lines).toEqual([
    'right: sweep: may rds-data:*, and so also rds-data:BatchExecuteStatement: name its rights one by one',
  ]);
});
