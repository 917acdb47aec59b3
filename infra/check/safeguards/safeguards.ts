import { isDeepStrictEqual } from 'node:util';
import { type Finding, findingsOf } from '../finding.ts';
import type { Json, Resource, Template } from '../template/template.ts';
import { trustFindings } from './trust.ts';

const found = findingsOf('safeguard');

/** What a resource of a type has to say at a place of it (`Properties.…`, or an attribute), and what else would happen. */
type Demand = { readonly at: string; readonly isOneOf: readonly Json[]; readonly else: string };

const shut = (at: string): Demand => ({
  at: `Properties.PublicAccessBlockConfiguration.${at}`,
  isOneOf: [true],
  else: 'what is in it could be made public',
});

const DEMANDS: Readonly<Record<string, readonly Demand[]>> = {
  'AWS::Lambda::Function': [
    { at: 'Properties.Architectures', isOneOf: [['arm64']], else: 'it would not be what is paid and measured for' },
    { at: 'Properties.Runtime', isOneOf: ['nodejs24.x'], else: 'the bundles are written for Node 24' },
  ],
  'AWS::RDS::DBCluster': [
    { at: 'Properties.StorageEncrypted', isOneOf: [true], else: 'the database and its backups would lie in the clear' },
    { at: 'Properties.EnableHttpEndpoint', isOneOf: [true], else: 'no function reaches it without the Data API' },
    { at: 'DeletionPolicy', isOneOf: ['Snapshot', 'Retain'], else: 'the registry would go with its stack' },
    { at: 'UpdateReplacePolicy', isOneOf: ['Snapshot', 'Retain'], else: 'the registry would go with a replacement' },
  ],
  'AWS::RDS::DBInstance': [
    { at: 'Properties.PubliclyAccessible', isOneOf: [false], else: 'the database would have a public address' },
  ],
  'AWS::S3::Bucket': [
    shut('BlockPublicAcls'),
    shut('BlockPublicPolicy'),
    shut('IgnorePublicAcls'),
    shut('RestrictPublicBuckets'),
  ],
};

/** What keeps the state safe and the functions as they were measured, where a template says otherwise. */
export function safeguardFindings(template: Template): Finding[] {
  return Object.entries(template.Resources).flatMap(([id, resource]) => [
    ...(DEMANDS[resource.Type] ?? []).flatMap((demand) => unmet(id, resource, demand)),
    ...(resource.Type === 'AWS::IAM::Role' ? trustFindings(id, resource) : []),
  ]);
}

function unmet(id: string, resource: Resource, demand: Demand): Finding[] {
  const given = demand.at.split('.').reduce<unknown>(childOf, resource);
  if (demand.isOneOf.some((one) => isDeepStrictEqual(one, given))) return [];
  const wanted = demand.isOneOf.map((one) => JSON.stringify(one)).join(' or ');
  return [found(`${id}.${demand.at}`, `is ${JSON.stringify(given) ?? 'missing'}, not ${wanted}: ${demand.else}`)];
}

const childOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
