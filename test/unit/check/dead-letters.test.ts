import { expect, it } from 'vitest';
import { deadLetterFindings } from '../../../infra/check/events/dead-letters.ts';
import { lineOf } from '../../../infra/check/finding.ts';
import { standing } from './small-stack.ts';

const ARN = { 'Fn::GetAtt': ['Queue', 'Arn'] };
const CONDITION = { ArnEquals: { 'aws:SourceArn': [{ 'Fn::GetAtt': ['Rule', 'Arn'] }] } };
const PRINCIPAL = { Service: 'events.amazonaws.com' };

async function linesOf(target: Readonly<Record<string, unknown>>, statement?: Readonly<Record<string, unknown>>) {
  const { template, resolve } = await standing(({ Resources }) => {
    const [first] = Resources.Rule.Properties.Targets;
    Object.assign(first ?? {}, target);
    const Statement = [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: ARN, ...statement }];
    const Properties = { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Version: '2012-10-17', Statement } };
    if (statement === undefined) Reflect.deleteProperty(Resources, 'QueuePolicy');
    else Object.assign(Resources.QueuePolicy, { Properties });
  });
  return deadLetterFindings(template, resolve).map(lineOf);
}

const toQueue = { DeadLetterConfig: { Arn: ARN } };

it('a rule may leave what it cannot deliver in its queue', async () => {
  expect(await linesOf(toQueue, { Principal: PRINCIPAL, Condition: CONDITION })).toEqual([]);
});

it('a rule without a queue is named', async () => {
  expect(await linesOf({ DeadLetterConfig: { Ref: 'AWS::NoValue' } })).toEqual([
    'event: Rule: has no DeadLetterConfig: what cannot be delivered is gone',
  ]);
});

it('a rule that its queue does not let in is named', async () => {
  const line = 'event: Rule: no AWS::SQS::QueuePolicy lets it leave anything in muster-dev-Queue';
  const other = { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:123456789012:rule/another' } };
  expect(await linesOf(toQueue)).toEqual([line]);
  expect(await linesOf(toQueue, { Principal: PRINCIPAL, Condition: other })).toEqual([line]);
});

it('a queue that lets anyone in is named', async () => {
  expect(await linesOf(toQueue, { Principal: '*', Condition: CONDITION })).toEqual([
    'event: QueuePolicy: lets in whoever asks: name the service and its rules',
  ]);
});
