import { type Finding, findingsOf } from '../finding.ts';
import { type Spec, specOf } from '../spec/database.ts';
import { didYouMean } from '../template/did-you-mean.ts';
import { attributeIn, INTRINSICS, substitutionIn, variablesIn } from '../template/intrinsic.ts';
import type { Json, Template } from '../template/template.ts';
import { type Call, callsOf } from '../template/walk.ts';

const found = findingsOf('template');

const PSEUDO_PARAMETERS = ['AccountId', 'NoValue', 'NotificationARNs', 'Partition', 'Region', 'StackId']
  .concat(['StackName', 'URLSuffix'])
  .map((name) => `AWS::${name}`);

/** What a template's references may name. `exports` are of the stacks that are there before it. */
export type Known = {
  readonly spec: Spec;
  readonly exports: ReadonlySet<string>;
  /** The text of a value that is known before a deployment, as the name of an import. */
  readonly textOf: (value: Json) => string;
};

/** Every reference that names nothing, and every parameter and condition that nothing names. */
export function referenceFindings(template: Template, known: Known): Finding[] {
  const calls = [...callsOf(template)];
  const named = new Set(calls.flatMap(namesIn));
  const conditional = [...Object.values(template.Resources), ...Object.values(template.Outputs)];
  for (const { Condition } of conditional) if (Condition !== undefined) named.add(Condition);
  for (const name of conditionsWithin(Object.values(template.Conditions))) named.add(name);
  const unused = (names: string[], what: string) =>
    names.filter((name) => !named.has(name)).map((name) => found(name, `nothing uses this ${what}`));
  return [
    ...calls.flatMap((call) => callFindings(call, template, known)),
    ...dependencyFindings(template),
    ...unused(Object.keys(template.Parameters), 'parameter'),
    ...unused(Object.keys(template.Conditions), 'condition'),
  ];
}

function namesIn({ name, argument }: Call): string[] {
  if (name === 'Fn::Sub') return variablesIn(substitutionIn(argument).text);
  const first = Array.isArray(argument) ? argument[0] : argument;
  return (name === 'Ref' || name === 'Fn::If') && typeof first === 'string' ? [first] : [];
}

/** `{Condition: name}` inside of another condition. */
function conditionsWithin(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(conditionsWithin);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'Condition' && typeof item === 'string' ? [item] : conditionsWithin(item),
  );
}

function callFindings({ name, argument, at }: Call, template: Template, known: Known): Finding[] {
  switch (name) {
    case 'Ref':
      return typeof argument === 'string' ? nameFindings(argument, at, template) : [found(at, 'Ref takes a name')];
    case 'Fn::GetAtt': {
      const { id = '', attribute = '' } = attributeIn(argument) ?? {};
      return typeof attribute === 'string' ? attributeFindings(id, attribute, at, template, known) : [];
    }
    case 'Fn::Sub': {
      const { text, given } = substitutionIn(argument);
      const names = variablesIn(text);
      const unused = Object.keys(given).filter((one) => !names.includes(one));
      return [
        ...unused.map((one) => found(at, `the text has no \${${one}}`)),
        ...names.flatMap((one) => {
          if (one in given) return [];
          const [id = '', ...rest] = one.split('.');
          return rest.length === 0
            ? nameFindings(one, at, template)
            : attributeFindings(id, rest.join('.'), at, template, known);
        }),
      ];
    }
    case 'Fn::If': {
      const [condition] = Array.isArray(argument) ? argument : [];
      return conditionFindings(condition, at, template);
    }
    case 'Fn::ImportValue': {
      const exported = known.textOf(argument);
      const near = didYouMean(exported, known.exports);
      return known.exports.has(exported) ? [] : [found(at, `no stack exports ${exported}${near}`)];
    }
    case 'Fn::FindInMap': {
      const [map] = Array.isArray(argument) ? argument : [];
      return typeof map === 'string' && map in template.Mappings ? [] : [found(at, 'Fn::FindInMap names no mapping')];
    }
    default:
      return INTRINSICS.some((one) => one === name) ? [] : [found(at, `no such function as ${name}`)];
  }
}

function nameFindings(name: string, at: string, { Parameters, Resources }: Template): Finding[] {
  if (name in Parameters || name in Resources || PSEUDO_PARAMETERS.includes(name)) return [];
  const near = didYouMean(name, [...Object.keys(Parameters), ...Object.keys(Resources), ...PSEUDO_PARAMETERS]);
  return [found(at, `no parameter or resource is called ${name}${near}`)];
}

function attributeFindings(id: string, attribute: string, at: string, { Resources }: Template, { spec }: Known) {
  const resource = Resources[id];
  if (resource === undefined)
    return [found(at, `no resource is called ${id}${didYouMean(id, Object.keys(Resources))}`)];
  const attributes = Object.keys(specOf(spec, resource.Type)?.attributes ?? {});
  if (attributes.includes(attribute)) return [];
  return [found(at, `${id} (${resource.Type}) has no attribute ${attribute}${didYouMean(attribute, attributes)}`)];
}

function conditionFindings(name: Json | undefined, at: string, { Conditions }: Template): Finding[] {
  if (typeof name === 'string' && name in Conditions) return [];
  const given = typeof name === 'string' ? name : 'what is given';
  return [found(at, `no condition is called ${given}${didYouMean(given, Object.keys(Conditions))}`)];
}

function dependencyFindings(template: Template): Finding[] {
  const { Conditions, Resources, Outputs } = template;
  const dependencies = Object.entries(Resources).flatMap(([id, { DependsOn }]) =>
    DependsOn.filter((name) => !(name in Resources)).map((name) =>
      found(`${id}.DependsOn`, `no resource is called ${name}${didYouMean(name, Object.keys(Resources))}`),
    ),
  );
  const conditions = [...Object.entries(Resources), ...Object.entries(Outputs)].flatMap(([id, { Condition }]) =>
    Condition === undefined ? [] : conditionFindings(Condition, `${id}.Condition`, template),
  );
  const nested = conditionsWithin(Object.values(Conditions)).flatMap((name) =>
    conditionFindings(name, 'Conditions', template),
  );
  return [...dependencies, ...conditions, ...nested];
}
