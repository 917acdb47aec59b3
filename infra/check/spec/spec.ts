import { type Finding, findingsOf } from '../finding.ts';
import { didYouMean } from '../template/did-you-mean.ts';
import type { Resource, Template } from '../template/template.ts';
import { type Spec, specOf } from './database.ts';
import { propertiesFindings } from './properties.ts';

const found = findingsOf('template');

/** What may stand beside a resource's type and properties. */
const RESOURCE_ATTRIBUTES = [
  ...['Type', 'Properties', 'DependsOn', 'Condition', 'Metadata'],
  ...['DeletionPolicy', 'UpdateReplacePolicy', 'UpdatePolicy', 'CreationPolicy'],
];
const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'];
const SECTIONS = [
  ...['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Mappings'],
  ...['Conditions', 'Transform', 'Resources', 'Outputs'],
];

/** Every type, property, required property and value of the template that the specification does not know so. */
export function specFindings(template: Template, spec: Spec): Finding[] {
  const sections = Object.keys(template).filter((name) => !SECTIONS.includes(name));
  return [
    ...sections.map((name) => found(name, `no such section of a template${didYouMean(name, SECTIONS)}`)),
    ...Object.entries(template.Resources).flatMap(([id, resource]) => resourceFindings(id, resource, spec)),
  ];
}

function resourceFindings(id: string, resource: Resource, spec: Spec): Finding[] {
  const known = specOf(spec, resource.Type);
  if (known === undefined) {
    const types = spec.all('resource').map(({ cloudFormationType }) => cloudFormationType);
    return [found(id, `no such type as ${resource.Type}${didYouMean(resource.Type, types)}`)];
  }
  const attributes = Object.keys(resource).filter((name) => !RESOURCE_ATTRIBUTES.includes(name));
  const policies = ['DeletionPolicy', 'UpdateReplacePolicy'].filter((name) => {
    const policy = resource[name];
    return policy !== undefined && typeof policy === 'string' && !POLICIES.includes(policy);
  });
  return [
    ...retainFindings(id, resource),
    ...attributes.map((name) =>
      found(`${id}.${name}`, `no such attribute of a resource${didYouMean(name, RESOURCE_ATTRIBUTES)}`),
    ),
    ...policies.map((name) => found(`${id}.${name}`, `is none of ${POLICIES.join(', ')}`)),
    ...propertiesFindings(resource.Properties, known.properties, {
      spec,
      at: `${id}.Properties`,
      of: resource.Type,
    }),
  ];
}

/** What Retain keeps of a deployment that is undone is in the way of the next one, or is paid for by nobody's stack. */
function retainFindings(id: string, { DeletionPolicy, Properties }: Resource): Finding[] {
  const named = ['Name', 'BucketName', 'QueueName', 'LogGroupName'].find((name) => name in Properties);
  if (DeletionPolicy === 'Retain') {
    return [
      found(`${id}.DeletionPolicy`, 'Retain keeps it also when its first deployment is undone: RetainExceptOnCreate'),
    ];
  }
  if (DeletionPolicy !== 'RetainExceptOnCreate' || named === undefined) return [];
  return [found(`${id}.Properties.${named}`, 'stays when the stack goes, so a stack that is made anew finds it taken')];
}
