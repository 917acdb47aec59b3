import { arnIn, type Request, request, type Surroundings } from './request.ts';

/** A right that no call of the code shows. `with`: the call that brings it; undefined: that the function runs at all. */
type Implicit = {
  readonly with?: string;
  readonly reason: string;
  readonly requests: (around: Surroundings) => Request[];
};

const kms = (key: string, via: string, actions: readonly string[], context: Request['context'] = {}): Request[] =>
  key === '' ? [] : actions.map((action) => request(`kms:${action}`, key, { 'kms:ViaService': via, ...context }));

const viaIn = ({ place }: Surroundings, service: string) => `${service}.${place.region}.amazonaws.com`;

const VOLUME_ACTIONS = ['Decrypt', 'DescribeKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo'];

const openVolumes = (around: Surroundings): Request[] => {
  const [key, via] = [around.parameter('VolumeKeyArn'), viaIn(around, 'ec2')];
  return [...kms(key, via, VOLUME_ACTIONS), ...kms(key, via, ['CreateGrant'], { 'kms:GrantIsForAWSResource': 'true' })];
};

const openSecret = (around: Surroundings): Request[] =>
  kms(around.parameter('DataKeyArn'), viaIn(around, 'secretsmanager'), ['Decrypt']);

export const IMPLICIT: readonly Implicit[] = [
  {
    reason: 'Lambda writes the log of a function with the function’s own role',
    requests: ({ place, deployed }) => {
      const stream = arnIn(place, 'logs', `log-group:/aws/lambda/${deployed.functionName}:log-stream:example`);
      return [request('logs:CreateLogStream', stream), request('logs:PutLogEvents', stream)];
    },
  },
  {
    reason: 'Lambda leaves what failed of an asynchronous invoke in the queue, with the function’s own role',
    requests: ({ failureQueue }) => (failureQueue === undefined ? [] : [request('sqs:SendMessage', failureQueue)]),
  },
  {
    reason: 'Lambda sends traces with the function’s own role',
    requests: ({ isTraced }) =>
      isTraced ? [request('xray:PutTraceSegments'), request('xray:PutTelemetryRecords')] : [],
  },
  {
    with: '@aws-sdk/client-rds-data ExecuteStatement',
    reason: 'the Data API reads the login of the database in the caller’s name',
    requests: (around) => [
      request('secretsmanager:GetSecretValue', around.deployed.environment['DATABASE_SECRET_ARN']),
      ...openSecret(around),
    ],
  },
  {
    with: '@aws-lambda-powertools/parameters/secrets SecretsProvider',
    reason: 'Secrets Manager opens a secret with its key in the caller’s name',
    requests: openSecret,
  },
  {
    with: '@aws-sdk/client-s3 PutObject',
    reason: 'S3 seals an object with the bucket’s key in the caller’s name',
    requests: (around) => kms(around.parameter('DataKeyArn'), viaIn(around, 's3'), ['GenerateDataKey']),
  },
  {
    with: '@aws-sdk/s3-request-presigner S3RequestPresigner',
    reason: 'S3 opens an object with the bucket’s key in the name of whoever signed its link',
    requests: (around) => kms(around.parameter('ArtefactKeyArn'), viaIn(around, 's3'), ['Decrypt']),
  },
  {
    with: '@aws-sdk/client-ec2 RunInstances',
    reason: 'an instance gets the role that its template names',
    requests: ({ parameter }) =>
      parameter('RuntimeRoleArn') === ''
        ? []
        : [request('iam:PassRole', parameter('RuntimeRoleArn'), { 'iam:PassedToService': 'ec2.amazonaws.com' })],
  },
  {
    with: '@aws-sdk/client-ec2 RunInstances',
    reason: 'EC2 looks up an image that a template names by a parameter (resolve:ssm:…) in the caller’s name',
    requests: ({ parameter }) =>
      parameter('ImageParameters') === ''
        ? []
        : parameter('ImageParameters')
            .split(',')
            .map((arn) => request('ssm:GetParameters', arn.replace(/\*$/, 'image'))),
  },
  {
    with: '@aws-sdk/client-ec2 RunInstances',
    reason: 'the tags that a template itself puts on what belongs to an instance are put on in the caller’s name',
    requests: ({ place, parameter }) =>
      parameter('TemplateTagKeys') === ''
        ? []
        : ['volume/vol-0123456789abcdef0', 'network-interface/eni-0123456789abcdef0'].map((rest) =>
            request('ec2:CreateTags', arnIn(place, 'ec2', rest), {
              'ec2:CreateAction': 'RunInstances',
              'aws:TagKeys': parameter('TemplateTagKeys').split(','),
            }),
          ),
  },
  {
    with: '@aws-sdk/client-ec2 RunInstances',
    reason: 'EC2 opens encrypted volumes in the caller’s name',
    requests: openVolumes,
  },
  {
    with: '@aws-sdk/client-ec2 StartInstances',
    reason: 'EC2 opens encrypted volumes again at a start, in the caller’s name',
    requests: openVolumes,
  },
];
