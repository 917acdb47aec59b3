import { instanceArn, instanceRequest, partsRequests } from './launch.ts';
import { arnIn, type Request, request, type Surroundings } from './request.ts';

const ANOTHER = '99999999-9999-4999-8999-999999999999';
const OPERATIONS = ['StartInstances', 'StopInstances', 'RebootInstances', 'TerminateInstances'];

/** What no function may do, whatever it is for: each with what is wrong with it. */
export function forbidden(around: Surroundings, ownerSecret: string): (readonly [what: string, Request])[] {
  const { place, deployed, parameter } = around;
  const here = (service: string, rest: string) => arnIn(place, service, rest);
  const otherTemplate = { 'ec2:LaunchTemplate': here('ec2', 'launch-template/lt-0fedcba9876543210') };
  const tagging = { 'aws:RequestTag/muster:registry': parameter('RegistryId'), 'aws:TagKeys': ['muster:registry'] };
  const role = parameter('RuntimeRoleArn');
  const invoke = (name: string) => request('lambda:InvokeFunction', here('lambda', `function:${name}`));
  const s3 = (rest: string) => `arn:${place.partition}:s3:::${rest}`;
  return [
    ['another cluster', request('rds-data:ExecuteStatement', here('rds', 'cluster:another'))],
    ['the owner’s secret', request('secretsmanager:GetSecretValue', ownerSecret)],
    ['another secret', request('secretsmanager:GetSecretValue', here('secretsmanager', 'secret:another-AbCdEf'))],
    ['another function', invoke('another')],
    ['a function that nothing invokes', invoke(deployed.functionName.replace(/-[^-]+$/, '-heartbeat'))],
    ['its own code', request('lambda:UpdateFunctionCode', here('lambda', `function:${deployed.functionName}`))],
    ...OPERATIONS.flatMap((name) => [
      ['an instance without our tag', request(`ec2:${name}`, instanceArn(around))] as const,
      [
        'an instance of another registry',
        request(`ec2:${name}`, instanceArn(around), { 'aws:ResourceTag/muster:registry': ANOTHER }),
      ] as const,
    ]),
    ['a launch with another template', instanceRequest(around, otherTemplate)],
    ['a launch without a template', withoutKeys(instanceRequest(around), 'ec2:LaunchTemplate')],
    ['a launch without our tag', withoutKeys(instanceRequest(around), 'aws:RequestTag/muster:registry', 'aws:TagKeys')],
    ['a launch for another registry', instanceRequest(around, { 'aws:RequestTag/muster:registry': ANOTHER })],
    ...partsRequests(around, 'false')
      .filter(({ resource }) => /:(image|security-group)\//.test(resource))
      .map((part) => ['a launch with what its template does not name', part] as const),
    ['an existing instance', request('ec2:CreateTags', instanceArn(around), tagging)],
    [
      'an instance that is launched for another registry',
      request('ec2:CreateTags', instanceArn(around), {
        'ec2:CreateAction': 'RunInstances',
        'aws:RequestTag/muster:registry': ANOTHER,
        'aws:TagKeys': ['muster:registry'],
      }),
    ],
    [
      'an instance that is launched with a tag of others',
      request('ec2:CreateTags', instanceArn(around), {
        ...tagging,
        'ec2:CreateAction': 'RunInstances',
        'aws:TagKeys': ['muster:registry', 'owner'],
      }),
    ],
    ['another role', request('iam:PassRole', `arn:${place.partition}:iam::${place.account}:role/another`, TO_EC2)],
    ...(role === '' ? [] : [['the runtimes’ role, to Lambda', request('iam:PassRole', role, TO_LAMBDA)] as const]),
    ['another bucket', request('s3:GetObject', s3('another/example.tgz'))],
    ['another bucket', request('s3:PutObject', s3('another/events/2026-01/1-9.ndjson.gz'))],
    [
      'what is archived',
      request('s3:DeleteObject', s3(`${deployed.environment['ARCHIVE_BUCKET'] || 'archive'}/events/1`)),
    ],
    ...(deployed.environment['ARCHIVE_BUCKET']
      ? [
          [
            'beside the archive',
            request('s3:PutObject', s3(`${deployed.environment['ARCHIVE_BUCKET']}/other`)),
          ] as const,
        ]
      : []),
    ['another queue', request('sqs:SendMessage', here('sqs', 'another'))],
    ['another log', request('logs:PutLogEvents', here('logs', 'log-group:/aws/lambda/another:log-stream:example'))],
    ...['ec2', 'secretsmanager', 's3'].flatMap((service) =>
      ['Decrypt', 'GenerateDataKey'].map(
        (action) => ['another key', request(`kms:${action}`, here('kms', 'key/another'), via(service, place))] as const,
      ),
    ),
    ...['DataKeyArn', 'VolumeKeyArn', 'ArtefactKeyArn']
      .map(parameter)
      .filter((key) => key !== '')
      .flatMap((key) => [
        ['a key of ours by itself', request('kms:Decrypt', key)] as const,
        ['a key of ours for others', request('kms:CreateGrant', key, via('ec2', place))] as const,
      ]),
    ['another parameter', request('ssm:GetParameters', here('ssm', 'parameter/another'))],
  ];
}

const via = (service: string, { region }: Surroundings['place']) => ({
  'kms:ViaService': `${service}.${region}.amazonaws.com`,
});

const TO_EC2 = { 'iam:PassedToService': 'ec2.amazonaws.com' };
const TO_LAMBDA = { 'iam:PassedToService': 'lambda.amazonaws.com' };

function withoutKeys({ context, ...rest }: Request, ...keys: string[]): Request {
  return { ...rest, context: Object.fromEntries(Object.entries(context).filter(([key]) => !keys.includes(key))) };
}
