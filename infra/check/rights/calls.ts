import { instanceArn, launchRequests } from './launch.ts';
import { arnIn, objectOf, type Request, request, type Surroundings } from './request.ts';

type Requests = (around: Surroundings) => Request[];

const operates =
  (action: string): Requests =>
  (around) => [
    request(action, instanceArn(around), { 'aws:ResourceTag/muster:registry': around.parameter('RegistryId') }),
  ];

/** The functions that a function knows by its environment. */
const INVOKED = ['RECONCILE_FUNCTION_NAME', 'CONVERGE_FUNCTION_NAME'];

/**
 * What each call of the code asks of IAM, with what the function's own environment names. A call that is not here is a
 * finding: nobody has said what it needs.
 */
export const CALLS: Readonly<Record<string, Requests>> = {
  '@aws-sdk/client-ec2 DescribeInstances': () => [request('ec2:DescribeInstances')],
  '@aws-sdk/client-ec2 DescribeInstanceStatus': () => [request('ec2:DescribeInstanceStatus')],
  '@aws-sdk/client-ec2 DescribeLaunchTemplateVersions': () => [request('ec2:DescribeLaunchTemplateVersions')],
  '@aws-sdk/client-ec2 RunInstances': launchRequests,
  '@aws-sdk/client-ec2 StartInstances': operates('ec2:StartInstances'),
  '@aws-sdk/client-ec2 StopInstances': operates('ec2:StopInstances'),
  '@aws-sdk/client-ec2 RebootInstances': operates('ec2:RebootInstances'),
  '@aws-sdk/client-ec2 TerminateInstances': operates('ec2:TerminateInstances'),
  '@aws-sdk/client-lambda Invoke': ({ place, deployed: { environment } }) =>
    INVOKED.flatMap((variable) => environment[variable] ?? []).map((name) =>
      request('lambda:InvokeFunction', arnIn(place, 'lambda', `function:${name}`)),
    ),
  '@aws-sdk/client-rds-data ExecuteStatement': ({ deployed: { environment } }) => [
    request('rds-data:ExecuteStatement', environment['DATABASE_CLUSTER_ARN']),
  ],
  '@aws-sdk/client-s3 PutObject': ({ place, deployed: { environment } }) =>
    environment['ARCHIVE_BUCKET']
      ? [
          request(
            's3:PutObject',
            `arn:${place.partition}:s3:::${environment['ARCHIVE_BUCKET']}/events/2026-01/1-9.ndjson.gz`,
          ),
        ]
      : [],
  '@aws-sdk/s3-request-presigner S3RequestPresigner': ({ parameter }) =>
    parameter('ArtefactObjects') === ''
      ? []
      : parameter('ArtefactObjects')
          .split(',')
          .map((pattern) => request('s3:GetObject', objectOf(pattern))),
  '@aws-lambda-powertools/parameters/secrets SecretsProvider': ({ deployed: { environment } }) => [
    request('secretsmanager:GetSecretValue', environment['TOKEN_SECRET_ID']),
  ],
};
