import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ruleFindings } from '../../../infra/check/events/rules.ts';
import { settingFindings } from '../../../infra/check/events/settings.ts';
import { lineOf } from '../../../infra/check/finding.ts';
import type { Sources } from '../../../infra/check/stage.ts';
import { type Change, standing, sweepSource } from './small-stack.ts';

async function linesOf(change: Change, other: Partial<Sources> = {}): Promise<string[]> {
  const { template, resolve, deployed, functions, schemas, documents } = await standing(change, other);
  return [
    ...settingFindings(template, deployed, functions, resolve),
    ...ruleFindings({ template, resolve, functions: deployed, sources: functions, schemas, documents }),
  ].map(lineOf);
}

const SPOT = 'EC2 Spot Instance Interruption Warning';
const spot = { name: 'spot.json', event: { 'detail-type': SPOT, source: 'aws.ec2', detail: { 'instance-id': 'i-1' } } };
const takesSpot = new Map([['sweep', z.object({ 'detail-type': z.literal(SPOT) })]]);

const patternOf =
  (pattern: Record<string, unknown>): Change =>
  ({ Resources: { Rule } }) => {
    Object.assign(Rule.Properties, { EventPattern: pattern, ScheduleExpression: undefined });
    Reflect.deleteProperty(Rule.Properties, 'ScheduleExpression');
  };

const remove =
  (...ids: string[]): Change =>
  ({ Resources }) => {
    for (const id of ids) Reflect.deleteProperty(Resources, id);
  };

describe('what runs a function', () => {
  const cases: readonly [string, Change, string][] = [
    [
      'a job without a rule',
      remove('Rule', 'Permission'),
      'event: sweep: no schedule and no event of the template runs it',
    ],
    [
      'a schedule without a function',
      ({ Resources: { Rule } }) =>
        Object.assign(Rule.Properties, { Targets: [{ Id: 'x', Arn: 'arn:aws:lambda:us-east-1:1:function:swep' }] }),
      'event: Rule: its target arn:aws:lambda:us-east-1:1:function:swep is no function of this template',
    ],
    [
      'a rule without a target',
      ({ Resources: { Rule } }) => Object.assign(Rule.Properties, { Targets: [] }),
      'event: Rule: has no target',
    ],
    [
      'a rule that may not call',
      remove('Permission'),
      'event: Rule: no AWS::Lambda::Permission lets it call muster-dev-sweep',
    ],
    [
      'a permission of another rule',
      ({ Resources: { Permission } }) =>
        Object.assign(Permission.Properties, { SourceArn: 'arn:aws:events:us-east-1:123456789012:rule/other' }),
      'event: Rule: no AWS::Lambda::Permission lets it call muster-dev-sweep',
    ],
    [
      'a permission to call another function',
      ({ Resources: { Permission } }) => Object.assign(Permission.Properties, { FunctionName: 'muster-dev-other' }),
      'event: Rule: no AWS::Lambda::Permission lets it call muster-dev-sweep',
    ],
    [
      'a malformed schedule',
      ({ Resources: { Rule } }) => Object.assign(Rule.Properties, { ScheduleExpression: 'rate(1 minutes)' }),
      'event: Rule: rate(1 minutes) is no schedule of EventBridge',
    ],
    [
      'a schedule that is switched off',
      ({ Resources: { Rule } }) => Object.assign(Rule.Properties, { State: 'DISABLED' }),
      'event: Rule: is disabled, so sweep never runs',
    ],
    [
      'an input that the function refuses',
      ({ Resources: { Rule } }) =>
        Object.assign(Rule.Properties.Targets[0] ?? {}, { Input: '{"detail-type": "Scheduled"}' }),
      'event: Rule: sweep does not take its Input: Invalid input: expected "Scheduled Event"',
    ],
  ];
  it.each(cases)('%s is named', async (_what, change, line) => {
    expect(await linesOf(change)).toContain(line);
  });

  it('an event of the pattern that the function refuses is named', async () => {
    const change = patternOf({ source: ['aws.ec2'], 'detail-type': [SPOT] });
    expect(await linesOf(change, { documents: [spot] })).toEqual([
      'event: Rule: sweep does not take spot.json: Invalid input: expected "Scheduled Event"',
    ]);
  });

  it('a misspelt pattern is named, and what the function waits for in vain', async () => {
    const change = patternOf({ source: ['aws.ec2'], 'detail-type': ['EC2 Spot Instance Interuption Warning'] });
    expect(await linesOf(change, { documents: [spot], schemas: takesSpot })).toEqual([
      'event: Rule: matches no document of the kind EC2 Spot Instance Interuption Warning that there is in test/events',
      'event: sweep: takes spot.json, which no rule leads to it',
    ]);
  });

  it('a pattern whose events the function takes is right', async () => {
    const change = patternOf({ source: ['aws.ec2'], 'detail-type': [SPOT] });
    expect(await linesOf(change, { documents: [spot], schemas: takesSpot })).toEqual([]);
  });
});

describe('the settings of a function', () => {
  const cases: readonly [string, Change, string][] = [
    [
      'retries of what the schedules find',
      ({ Resources: { Invokes } }) => Object.assign(Invokes.Properties, { MaximumRetryAttempts: 2 }),
      'event: Invokes: retries: MaximumRetryAttempts is not 0',
    ],
    [
      'an event that waits for long',
      ({ Resources: { Invokes } }) => Object.assign(Invokes.Properties, { MaximumEventAgeInSeconds: 21_600 }),
      'event: Invokes: keeps an event for other than 60 s',
    ],
    [
      'a failure that goes nowhere',
      ({ Resources: { Invokes } }) => Object.assign(Invokes.Properties, { DestinationConfig: {} }),
      'event: Invokes: has no destination for what fails',
    ],
    [
      'no settings for invokes',
      remove('Invokes'),
      'event: Sweep: has no AWS::Lambda::EventInvokeConfig: it would be retried twice',
    ],
    ['no log group', remove('LogGroup'), 'event: Sweep: no log group /aws/lambda/muster-dev-sweep is made for it'],
    [
      'logs that are kept for ever',
      ({ Resources: { LogGroup } }) => Reflect.deleteProperty(LogGroup.Properties, 'RetentionInDays'),
      'event: LogGroup: keeps its logs for ever: RetentionInDays is missing',
    ],
    [
      'reserved concurrency',
      ({ Resources: { Sweep } }) => Object.assign(Sweep.Properties, { ReservedConcurrentExecutions: 1 }),
      'event: Sweep: reserves concurrency, which young accounts cannot',
    ],
    [
      'a role from elsewhere',
      ({ Resources: { Sweep } }) => Object.assign(Sweep.Properties, { Role: 'arn:aws:iam::123456789012:role/admin' }),
      'event: Sweep: has no role of this template',
    ],
    [
      'a shared role',
      ({ Resources }) => Object.assign(Resources, { Twin: structuredClone(Resources.Sweep) }),
      'event: Twin: shares SweepRole with another function',
    ],
  ];
  it.each(cases)('%s is named', async (_what, change, line) => {
    expect(await linesOf(change)).toContain(line);
  });

  it('an HTTP function that outlasts API Gateway is named', async () => {
    const functions = [{ ...sweepSource(), kind: 'http' as const }];
    expect(await linesOf(() => {}, { functions })).toEqual([
      'event: Sweep: runs up to 55 s, but API Gateway gives up before: under 28',
    ]);
  });
});
