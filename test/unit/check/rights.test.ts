import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import { holdersOf } from '../../../infra/check/rights/holders.ts';
import { rightFindings } from '../../../infra/check/rights/rights.ts';
import { sdkCallsOf } from '../../../infra/check/rights/sdk-calls.ts';
import { type Change, standing, sweepSource } from './small-stack.ts';

const OWNER_SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:muster-data-dev-Owner-AbCdEf';

async function linesOf(change: Change, source = sweepSource()): Promise<string[]> {
  const { template, resolve, place, parameters, deployed } = await standing(change);
  const holders = holdersOf({ template, resolve, place, parameters, ownerSecret: OWNER_SECRET }, deployed, [source]);
  return (await Promise.all(holders.map(rightFindings))).flat().map(lineOf);
}

type Statement = Readonly<Record<string, unknown>>;

const statementsOf = ({ Resources }: Parameters<Change>[0]): Statement[] =>
  Resources.SweepRole.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

/** Leaves out what the role may do by this action, or puts another statement in its place. */
const replaced =
  (action: string, ...others: Statement[]): Change =>
  (document) => {
    const kept = statementsOf(document).filter(({ Action }) => String(Action) !== action);
    const [policy] = document.Resources.SweepRole.Properties.Policies;
    Object.assign(policy?.PolicyDocument ?? {}, { Statement: [...kept, ...others] });
  };

const added = (...others: Statement[]) => replaced('none', ...others);
const allow = (Action: string, Resource: unknown, Condition?: unknown): Statement => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...(Condition === undefined ? {} : { Condition }),
});

const INSTANCES = 'arn:aws:ec2:us-east-1:123456789012:instance/*';
const INSTANCE = 'arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0';
const CLUSTER = 'arn:aws:rds:us-east-1:123456789012:cluster:muster-data-dev-Cluster';

describe('the rights of a function', () => {
  it('are right when each call is allowed and nothing else is', async () => {
    expect(await linesOf(added())).toEqual([]);
  });

  const cases: readonly [string, Change, string][] = [
    [
      'a missing right',
      replaced('ec2:DescribeInstances'),
      'right: sweep: may not ec2:DescribeInstances, which it needs (@aws-sdk/client-ec2 DescribeInstances)',
    ],
    [
      'a missing right that no call shows',
      replaced('secretsmanager:GetSecretValue'),
      'right: sweep: may not secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:123456789012:secret:muster-data-dev-Login-AbCdEf, which it needs (the Data API reads the login of the database in the caller’s name)',
    ],
    [
      'a right on another cluster than its own',
      replaced('rds-data:ExecuteStatement', allow('rds-data:ExecuteStatement', `${CLUSTER}2`)),
      `right: sweep: may not rds-data:ExecuteStatement on ${CLUSTER}, which it needs (@aws-sdk/client-rds-data ExecuteStatement)`,
    ],
    [
      'a right on every cluster',
      replaced('rds-data:ExecuteStatement', allow('rds-data:ExecuteStatement', '*')),
      'right: sweep: may rds-data:ExecuteStatement on arn:aws:rds:us-east-1:123456789012:cluster:another: another cluster',
    ],
    [
      'a right to everything',
      added(allow('*', '*')),
      'right: sweep: may lambda:UpdateFunctionCode on arn:aws:lambda:us-east-1:123456789012:function:muster-dev-sweep: its own code',
    ],
    [
      'a right on instances without our tag',
      replaced('ec2:TerminateInstances', allow('ec2:TerminateInstances', INSTANCES)),
      `right: sweep: may ec2:TerminateInstances on ${INSTANCE}: an instance without our tag`,
    ],
    [
      'a right on instances with any value of our tag',
      replaced(
        'ec2:TerminateInstances',
        allow('ec2:TerminateInstances', INSTANCES, { Null: { 'aws:ResourceTag/muster:registry': 'false' } }),
      ),
      `right: sweep: may ec2:TerminateInstances on ${INSTANCE}: an instance of another registry`,
    ],
    [
      'a right on the owner’s secret',
      added(allow('secretsmanager:GetSecretValue', OWNER_SECRET)),
      `right: sweep: may secretsmanager:GetSecretValue on ${OWNER_SECRET}: the owner’s secret`,
    ],
    [
      'a right on another function',
      added(allow('lambda:InvokeFunction', '*')),
      'right: sweep: may lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:another: another function',
    ],
    [
      'a launch without our tag',
      added(allow('ec2:RunInstances', '*')),
      `right: sweep: may ec2:RunInstances on ${INSTANCE}: a launch without our tag`,
    ],
    [
      'tags on an existing instance',
      added(allow('ec2:CreateTags', INSTANCES)),
      `right: sweep: may ec2:CreateTags on ${INSTANCE}: an existing instance`,
    ],
    [
      'another role',
      added(allow('iam:PassRole', '*', { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } })),
      'right: sweep: may iam:PassRole on arn:aws:iam::123456789012:role/another: another role',
    ],
    [
      'another bucket',
      added(allow('s3:GetObject', 'arn:aws:s3:::*')),
      'right: sweep: may s3:GetObject on arn:aws:s3:::another/example.tgz: another bucket',
    ],
    [
      'a right that nothing needs',
      added(allow('ec2:RebootInstances', INSTANCES, { StringEquals: { 'aws:ResourceTag/muster:registry': 'x' } })),
      `right: sweep: may ec2:RebootInstances on ${INSTANCES}, which nothing that it calls needs`,
    ],
    [
      'one resource of a statement that nothing needs',
      replaced('rds-data:ExecuteStatement', allow('rds-data:ExecuteStatement', [CLUSTER, `${CLUSTER}2`])),
      `right: sweep: may rds-data:ExecuteStatement on ${CLUSTER}2, which nothing that it calls needs`,
    ],
    [
      'a managed policy',
      ({ Resources: { SweepRole } }) =>
        Object.assign(SweepRole.Properties, { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
      'right: sweep: has the managed policy arn:aws:iam::aws:policy/AdministratorAccess: name its rights one by one',
    ],
  ];
  it.each(cases)('%s is named', async (_what, change, line) => {
    expect(await linesOf(change)).toContain(line);
  });

  it('a new call without its right is named', async () => {
    const source = sweepSource(`import { StopInstancesCommand } from '@aws-sdk/client-ec2';\noperate('stop');\n`);
    expect(await linesOf(added(), source)).toEqual([
      `right: sweep: may not ec2:StopInstances on ${INSTANCE}, which it needs (@aws-sdk/client-ec2 StopInstances)`,
    ]);
  });

  it('a call of which nobody has said what it needs is named', async () => {
    const source = sweepSource(`import { CreateVolumeCommand } from '@aws-sdk/client-ec2';\n`);
    expect(await linesOf(added(), source)).toEqual([
      'right: sweep: calls @aws-sdk/client-ec2 CreateVolume, of which nobody has said what it needs: infra/check/rights/calls.ts',
    ]);
  });

  it('a statement that is none is named', async () => {
    const [line] = await linesOf(added({ ...allow('rds-data:ExecuteStatement', '*'), Effect: 'Alow' }));
    expect(line).toMatch(/^right: sweep: its policy cannot be judged: /);
  });
});

describe('the calls of a function', () => {
  const callsOf = (source: string) => sdkCallsOf(sweepSource('', `${source}\n`));

  it('are its commands and paginators, and neither clients nor types', () => {
    const source = `
      import { EC2Client, paginateDescribeInstanceStatus, type StopInstancesCommand } from '@aws-sdk/client-ec2';
      import { ThrottlingException } from '@aws-sdk/client-rds-data';`;
    expect(callsOf(source)).toEqual(['@aws-sdk/client-ec2 DescribeInstanceStatus']);
  });

  it('are all that stand behind an operation that only a run decides', () => {
    const source = `
      import { RebootInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
      operator.operate(action, ids);`;
    expect(callsOf(source)).toEqual(['@aws-sdk/client-ec2 RebootInstances', '@aws-sdk/client-ec2 StopInstances']);
  });

  it('are only the operations that it orders by name', () => {
    const source = `
      import { RebootInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
      operator.operate('stop', ids);`;
    expect(callsOf(source)).toEqual(['@aws-sdk/client-ec2 StopInstances']);
  });

  it('count what is imported and not known', () => {
    expect(callsOf(`import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';`)).toEqual([
      '@aws-lambda-powertools/parameters/ssm SSMProvider',
    ]);
  });
});
