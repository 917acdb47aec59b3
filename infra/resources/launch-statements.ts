import { arnHere, ref, sub, type Value, withListed } from './cloudformation.ts';
import type { Statement } from './statements.ts';

const templates: Value = withListed(
  'HasOtherTemplates',
  [arnHere('ec2', `launch-template/\${LaunchTemplateId}`)],
  'OtherLaunchTemplates',
);
const byTemplate: Value = { 'ec2:LaunchTemplate': templates };
const ourTag: Value = { 'aws:RequestTag/muster:registry': ref('RegistryId') };

/** As the code tags an instance: lib/adapters/ec2/answered-instance.ts. */
const OUR_KEYS = ['muster:registry', 'muster:workspace', 'muster:generation', 'Name'] as const;

/** What an instance takes from its template. None of it may be replaced by something else at launch. */
const fromTemplate: Value = [
  sub(`arn:\${AWS::Partition}:ec2:\${AWS::Region}::image/*`),
  sub(`arn:\${AWS::Partition}:ec2:\${AWS::Region}::snapshot/*`),
  ...['capacity-reservation', 'key-pair', 'launch-template', 'placement-group', 'security-group', 'volume'].map(
    (kind) => arnHere('ec2', `${kind}/*`),
  ),
];

/**
 * Launching, and nothing else that RunInstances can do: with the stack's templates, with this registry's tag. The subnet
 * is the launch's own choice, so it and the interface in it may be others than the template's; so may what an instance
 * is told (user data, tags).
 */
export const LAUNCH: readonly Statement[] = [
  { Action: ['ec2:DescribeLaunchTemplateVersions'], Resource: '*' },
  {
    Action: ['ec2:RunInstances'],
    Resource: arnHere('ec2', 'instance/*'),
    Condition: { ArnEquals: byTemplate, StringEquals: ourTag },
  },
  {
    Action: ['ec2:RunInstances'],
    Resource: [arnHere('ec2', 'subnet/*'), arnHere('ec2', 'network-interface/*')],
    Condition: { ArnEquals: byTemplate },
  },
  {
    Action: ['ec2:RunInstances'],
    Resource: fromTemplate,
    Condition: { ArnEquals: byTemplate, Bool: { 'ec2:IsLaunchTemplateResource': 'true' } },
  },
  {
    Action: ['ec2:CreateTags'],
    Resource: arnHere('ec2', 'instance/*'),
    Condition: {
      StringEquals: { 'ec2:CreateAction': 'RunInstances', ...ourTag },
      'ForAllValues:StringEquals': { 'aws:TagKeys': withListed('HasTemplateTags', OUR_KEYS, 'TemplateTagKeys') },
    },
  },
  {
    given: 'HasTemplateTags',
    Action: ['ec2:CreateTags'],
    Resource: [arnHere('ec2', 'volume/*'), arnHere('ec2', 'network-interface/*')],
    Condition: {
      StringEquals: { 'ec2:CreateAction': 'RunInstances' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ref('TemplateTagKeys') },
    },
  },
  {
    given: 'HasRuntimeRole',
    Action: ['iam:PassRole'],
    Resource: ref('RuntimeRoleArn'),
    Condition: { StringEquals: { 'iam:PassedToService': sub(`ec2.\${AWS::URLSuffix}`) } },
  },
  { given: 'HasImageParameters', Action: ['ssm:GetParameters'], Resource: ref('ImageParameters') },
  withVolumeKey(['kms:CreateGrant'], { Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
  withVolumeKey(['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncrypt*']),
];

/** EC2 opens the volumes of an instance that it launches or starts in the caller's name. */
function withVolumeKey(Action: readonly string[], condition: { readonly [operator: string]: Value } = {}): Statement {
  const viaEc2 = { 'kms:ViaService': sub(`ec2.\${AWS::Region}.\${AWS::URLSuffix}`) };
  return {
    given: 'HasVolumeKey',
    Action,
    Resource: ref('VolumeKeyArn'),
    Condition: { StringEquals: viaEc2, ...condition },
  };
}
