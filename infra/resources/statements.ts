import { arnHere, getAtt, NO_VALUE, ref, sub, type Value, when } from './cloudformation.ts';
import type { Ec2Call, Section } from './functions.ts';
import { LAUNCH } from './launch-statements.ts';

/** One statement of a policy. Under `given`: only where that condition of parameters.yml holds. */
export type Statement = {
  readonly given?: string;
  readonly Action: readonly string[];
  readonly Resource: Value;
  readonly Condition?: Value;
};

/** Keys of whoever deploys: the parameter that names each, and the condition that there is one. */
const KEYS = {
  data: { given: 'OwnKey', Resource: ref('DataKeyArn') },
  artefacts: { given: 'HasArtefactKey', Resource: ref('ArtefactKeyArn') },
} as const;

/** Opening or sealing what such a key encrypts; `via`: the only service through which the key may be used. */
const withKey = (key: keyof typeof KEYS, via: string, ...Action: readonly string[]): Statement => ({
  ...KEYS[key],
  Action,
  Condition: { StringEquals: { 'kms:ViaService': sub(`${via}.\${AWS::Region}.\${AWS::URLSuffix}`) } },
});

const readSecret = (Resource: Value): readonly Statement[] => [
  { Action: ['secretsmanager:GetSecretValue'], Resource },
  withKey('data', 'secretsmanager', 'kms:Decrypt'),
];

const invoke = (name: string): readonly Statement[] => [
  { Action: ['lambda:InvokeFunction'], Resource: arnHere('lambda', `function:\${self:service}-\${sls:stage}-${name}`) },
];

/** What whoever reads a section does with what it names. */
export const STATEMENTS_OF_SECTIONS: Readonly<Record<Section, readonly Statement[]>> = {
  // The Data API reads the secret in the caller's name.
  database: [
    { Action: ['rds-data:ExecuteStatement'], Resource: `\${self:custom.data.cluster}` },
    ...readSecret(`\${self:custom.data.applicationSecret}`),
  ],
  tokens: readSecret(`\${self:custom.data.tokenSecret}`),
  reconcile: invoke('reconcile'),
  converge: invoke('converge'),
  launch: LAUNCH,
  // Links are signed with it: whoever has one may do what this may.
  artefacts: [
    { given: 'HasArtefacts', Action: ['s3:GetObject'], Resource: ref('ArtefactObjects') },
    withKey('artefacts', 's3', 'kms:Decrypt'),
  ],
  retention: [
    {
      Action: ['s3:PutObject'],
      Resource: {
        'Fn::Join': ['', [sub(`arn:\${AWS::Partition}:s3:::`), `\${self:custom.data.archiveBucket}`, '/events/*']],
      },
    },
    withKey('data', 's3', 'kms:GenerateDataKey'),
  ],
  heartbeatUrl: [],
  sources: [],
  pace: [],
  brake: [],
  grace: [],
  absence: [],
  hint: [],
  sweepPace: [],
  build: [],
};

/** EC2's Describe calls cannot be limited to a resource; the others are, by the tag that our launches put on. */
export const STATEMENTS_OF_CALLS: Readonly<Record<Ec2Call, readonly Statement[]>> = {
  describeInstances: [{ Action: ['ec2:DescribeInstances'], Resource: '*' }],
  describeInstanceStatus: [{ Action: ['ec2:DescribeInstanceStatus'], Resource: '*' }],
  operateInstances: ofOurs('Start', 'Stop', 'Reboot', 'Terminate'),
  terminateInstances: ofOurs('Terminate'),
};

function ofOurs(...operations: readonly string[]): readonly Statement[] {
  return [
    {
      Action: operations.map((operation) => `ec2:${operation}Instances`),
      Resource: arnHere('ec2', 'instance/*'),
      Condition: { StringEquals: { 'aws:ResourceTag/muster:registry': ref('RegistryId') } },
    },
  ];
}

export const deadLetters: Statement = { Action: ['sqs:SendMessage'], Resource: getAtt('DeadLetterQueue', 'Arn') };

export const tracing: Statement = {
  given: 'Tracing',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: '*',
};

/** Its group is there before it, with how long it keeps; so a function makes streams in it, and no group. */
export const logsIn = (logGroupId: string): Statement => ({
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: getAtt(logGroupId, 'Arn'),
});

/** As a template has it. */
export function inTemplate({ given, ...statement }: Statement): Value {
  const allowed = { Effect: 'Allow', ...statement };
  return given === undefined ? allowed : when(given, allowed, NO_VALUE);
}
