import { expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import type { Statement } from '../../../infra/check/rights/policies.ts';
import { wideFindings } from '../../../infra/check/rights/wide.ts';

const INSTANCES = 'arn:aws:ec2:us-east-1:123456789012:instance/*';
const NEEDED = new Set(['ec2:DescribeInstances', 'ec2:TerminateInstances', 'kms:ReEncryptFrom', 'kms:ReEncryptTo']);

async function linesOf(action: string, resource: string): Promise<string[]> {
  const statement: Statement = { Effect: 'Allow', Action: [action], Resource: [resource] };
  return (await wideFindings('sweep', [statement], NEEDED)).map(lineOf);
}

it.each([
  ['what EC2 can limit to nothing', 'ec2:DescribeInstances', '*'],
  ['what is limited', 'ec2:TerminateInstances', INSTANCES],
  ['a pattern of which all is needed', 'kms:ReEncrypt*', 'arn:aws:kms:us-east-1:123456789012:key/1'],
])('%s is right', async (_what, action, resource) => {
  expect(await linesOf(action, resource)).toEqual([]);
});

it.each([
  ['everything', '*', '*', 'right: sweep: may *: name its rights one by one'],
  [
    'every action of a service',
    'rds-data:*',
    'arn:aws:rds:us-east-1:123456789012:cluster:a',
    'right: sweep: may rds-data:*, and so also rds-data:BatchExecuteStatement: name its rights one by one',
  ],
  [
    'any resource for an action that can be limited',
    'ec2:TerminateInstances',
    '*',
    'right: sweep: may ec2:TerminateInstances on *: name the resources',
  ],
])('%s is named', async (_what, action, resource, line) => {
  expect(await linesOf(action, resource)).toEqual([line]);
});
