import * as z from 'zod';
import type { FunctionSource } from '../../../infra/check/sources/functions.ts';
import { syntaxOf } from '../../../infra/check/sources/syntax.ts';
import { loadSpec } from '../../../infra/check/spec/database.ts';
import type { Sources } from '../../../infra/check/stage.ts';
import { parseTemplate, type Template } from '../../../infra/check/template/template.ts';
import { deployedFunctions } from '../../../infra/check/world/deployed.ts';
import { resolverOf } from '../../../infra/check/world/resolve.ts';
import { exportsOf, placeOf, VARIANTS } from '../../../infra/check/world/variants.ts';

const VERSION = '2012-10-17';

export type Change = (document: ReturnType<typeof serviceDocument>) => void;

/** A stack with one scheduled function that reads a database and asks EC2, changed as a test wants it. */
export function smallService(change: Change = () => {}): Template {
  const document = serviceDocument();
  change(document);
  return parseTemplate(document);
}

export const smallData = (): Template =>
  parseTemplate({
    Resources: {
      Login: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
      Owner: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
      Cluster: {
        Type: 'AWS::RDS::DBCluster',
        DeletionPolicy: 'Snapshot',
        UpdateReplacePolicy: 'Snapshot',
        Properties: { Engine: 'aurora-postgresql', StorageEncrypted: true, EnableHttpEndpoint: true },
      },
    },
    Outputs: {
      Cluster: { Value: { 'Fn::GetAtt': ['Cluster', 'DBClusterArn'] }, Export: { Name: 'muster-data-dev-Cluster' } },
      Login: { Value: { Ref: 'Login' }, Export: { Name: 'muster-data-dev-Login' } },
      Owner: { Value: { Ref: 'Owner' }, Export: { Name: 'muster-data-dev-OwnerSecretArn' } },
    },
  });

type Open = Record<string, unknown>;

function serviceDocument() {
  const cluster: Open = { 'Fn::ImportValue': 'muster-data-dev-Cluster' };
  const login: Open = { 'Fn::ImportValue': 'muster-data-dev-Login' };
  const group: Open = { 'Fn::GetAtt': ['LogGroup', 'Arn'] };
  const queue: Open = { 'Fn::GetAtt': ['Queue', 'Arn'] };
  const statement = (Action: string, Resource: unknown): Open => ({ Effect: 'Allow', Action: [Action], Resource });
  const statements: Open[] = [
    statement('logs:CreateLogStream', group),
    statement('logs:PutLogEvents', group),
    statement('sqs:SendMessage', queue),
    statement('rds-data:ExecuteStatement', cluster),
    statement('secretsmanager:GetSecretValue', login),
    statement('ec2:DescribeInstances', '*'),
    {
      ...statement('ec2:TerminateInstances', {
        'Fn::Sub': `arn:\${AWS::Partition}:ec2:\${AWS::Region}:\${AWS::AccountId}:instance/*`,
      }),
      Condition: { StringEquals: { 'aws:ResourceTag/muster:registry': { Ref: 'RegistryId' } } },
    },
  ];
  const trust: Open = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const variables: Open = { DATABASE_CLUSTER_ARN: cluster, DATABASE_SECRET_ARN: login, DATABASE_NAME: 'muster' };
  const parameters: Open = { RegistryId: { Type: 'String' } };
  const outputs: Open = {};
  const conditions: Open = {};
  return {
    Parameters: parameters,
    Conditions: conditions,
    Outputs: outputs,
    Resources: {
      Sweep: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'muster-dev-sweep',
          Handler: 'functions/sweep/index.handler',
          Code: { S3Bucket: 'bucket', S3Key: 'uploads/sweep.zip' },
          Runtime: 'nodejs24.x',
          Architectures: ['arm64'],
          Timeout: 55,
          Role: { 'Fn::GetAtt': ['SweepRole', 'Arn'] } satisfies Open,
          Environment: { Variables: variables },
        } satisfies Open,
      },
      SweepRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: { Version: VERSION, Statement: [trust] },
          Policies: [{ PolicyName: 'calls', PolicyDocument: { Version: VERSION, Statement: statements } }],
        },
      },
      LogGroup: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: '/aws/lambda/muster-dev-sweep', RetentionInDays: 30 } satisfies Open,
      },
      Queue: { Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true } satisfies Open },
      Invokes: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'Sweep' },
          Qualifier: '$LATEST',
          MaximumRetryAttempts: 0,
          MaximumEventAgeInSeconds: 60,
          DestinationConfig: { OnFailure: { Destination: queue } },
        } satisfies Open,
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          ScheduleExpression: 'rate(1 minute)',
          State: 'ENABLED',
          Targets: [{ Id: 'sweep', Arn: { 'Fn::GetAtt': ['Sweep', 'Arn'] }, DeadLetterConfig: { Arn: queue } }],
        } satisfies Open,
      },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: {
            Version: VERSION,
            Statement: [
              {
                ...{ Effect: 'Allow', Action: 'sqs:SendMessage', Principal: { Service: 'events.amazonaws.com' } },
                ...{
                  Resource: queue,
                  Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Rule', 'Arn'] } } },
                },
              },
            ],
          },
        } satisfies Open,
      },
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: { 'Fn::GetAtt': ['Sweep', 'Arn'] },
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
        } satisfies Open,
      },
    },
  };
}

const SOURCE = `
import { DescribeInstancesCommand, EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { ExecuteStatementCommand } from '@aws-sdk/client-rds-data';
import { job } from '../../lib/middleware/job.ts';
readConfig(CONFIG.database);
operator.operate('terminate', ids);
`;

/** The function of the small stack, as its source has it; `more` is added to the source. */
export function sweepSource(more = '', source = SOURCE): FunctionSource {
  const entry = syntaxOf('functions/sweep/index.ts', `${more}${source}`);
  return { name: 'sweep', kind: 'job', entry, files: new Map([['functions/sweep/index.ts', entry]]) };
}

const spec = loadSpec();

const scheduled = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };

/** What the small stack is held against; a part can be another. */
export async function smallSources(other: Partial<Sources> = {}): Promise<Sources> {
  const text = z.string().min(1);
  return {
    spec: await spec,
    functions: [sweepSource()],
    schemas: new Map([['sweep', z.object({ 'detail-type': z.literal('Scheduled Event') })]]),
    documents: [{ name: 'scheduled.json', event: scheduled }],
    sections: {
      database: z.object({
        DATABASE_CLUSTER_ARN: text.regex(/^arn:/, 'is not an ARN'),
        DATABASE_SECRET_ARN: text,
        DATABASE_NAME: text,
      }),
    },
    ...other,
  };
}

/** The small stack as it would stand in the example account, and what it is held against. */
export async function standing(change?: Change, other: Partial<Sources> = {}) {
  const sources = await smallSources(other);
  const template = smallService(change);
  const place = placeOf('muster-dev');
  const { parameters } = VARIANTS[0];
  const imports = exportsOf(smallData(), 'muster-data-dev');
  const { resolve } = resolverOf(template, { place, parameters, imports });
  return { ...sources, template, place, parameters, resolve, deployed: deployedFunctions(template, resolve) };
}
