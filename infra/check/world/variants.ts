import { type Finding, findingsOf } from '../finding.ts';
import type { Json, Template } from '../template/template.ts';
import type { Place } from './example.ts';
import { resolverOf, textOf } from './resolve.ts';

const found = findingsOf('template');

/** An account that AWS keeps for documents. */
const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

export const placeOf = (stack: string): Place => ({ account: ACCOUNT, region: REGION, partition: 'aws', stack });

/** What a stack has to be given in any case. */
const REQUIRED: Readonly<Record<string, string>> = {
  RegistryId: '0192f0c1-7d3e-7a4b-8c5d-0123456789ab',
  LaunchTemplateId: 'lt-0123456789abcdef0',
  SubnetIds: 'subnet-0123456789abcdef0,subnet-0fedcba9876543210',
  VpcId: 'vpc-0123456789abcdef0',
  HeartbeatFunctionUrl: 'false',
  AccessLogs: 'false',
  Tracing: 'false',
  EngineVersion: '17',
  MinCapacity: '0.5',
  MaxCapacity: '4',
  BackupDays: '7',
  DeletionProtection: 'true',
};

/** What a stack may be given beside that. */
const OPTIONAL: Readonly<Record<string, string>> = {
  OtherLaunchTemplates: `arn:aws:ec2:${REGION}:${ACCOUNT}:launch-template/lt-0aaaaaaaaaaaaaaaa`,
  TemplateTagKeys: 'team',
  RuntimeRoleArn: `arn:aws:iam::${ACCOUNT}:role/runtime`,
  ImageParameters: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/images/*`,
  // Of several Regions, whose id has another form.
  VolumeKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/mrk-1111111111114111811111111111111a`,
  DataKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/22222222-2222-4222-8222-222222222222`,
  ArtefactObjects: 'arn:aws:s3:::example-plugins/*',
  ArtefactKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/44444444-4444-4444-8444-444444444444`,
  DomainName: 'registry.example.com',
  CertificateArn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/33333333-3333-4333-8333-333333333333`,
  HostedZoneId: 'Z0123456789ABCDEFGHIJ',
  HeartbeatFunctionUrl: 'true',
  AccessLogs: 'true',
  Tracing: 'true',
  AlarmTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:alarms`,
};

/** A stack that was given only what it needs, and one that was given everything. */
export const VARIANTS = [
  { name: 'plain', parameters: REQUIRED },
  { name: 'everything', parameters: { ...REQUIRED, ...OPTIONAL } },
] as const;

/** Every parameter has an example, and the template takes the examples. */
export function exampleFindings({ Parameters }: Template): Finding[] {
  return Object.entries(Parameters).flatMap(([name, { AllowedPattern, AllowedValues, Type }]) => {
    const at = `Parameters.${name}`;
    const example = OPTIONAL[name] ?? REQUIRED[name];
    if (example === undefined)
      return [found(at, 'has no example in infra/check/world/variants.ts, so what it decides is not checked')];
    const values = /List/.test(Type) ? example.split(',') : [example];
    const isRefused = values.some(
      (value) =>
        (typeof AllowedPattern === 'string' && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) ||
        (Array.isArray(AllowedValues) && !AllowedValues.map(String).includes(value)),
    );
    return isRefused ? [found(at, `does not take the example ${example}`)] : [];
  });
}

/** What a stack of this template exports, by the names of the exports. */
export function exportsOf(template: Template, stack: string): Map<string, Json> {
  const { resolve } = resolverOf(template, { place: placeOf(stack), parameters: REQUIRED, imports: new Map() });
  return new Map(
    Object.values(template.Outputs).flatMap(({ Export, Value }) =>
      Export === undefined ? [] : [[textOf(resolve(Export.Name)), resolve(Value)] as const],
    ),
  );
}
