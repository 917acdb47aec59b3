import { attributeIn, intrinsicIn, isNoValue, substituted, substitutionIn } from '../template/intrinsic.ts';
import { isObject, type Json, type Template } from '../template/template.ts';
import { attributeOf, type Place, physicalIdOf, pseudoParameter } from './example.ts';

/** A stack as it would be in an example account: `parameters` by name, `imports` what other stacks export. */
export type Setting = {
  readonly place: Place;
  readonly parameters: Readonly<Record<string, string>>;
  readonly imports: ReadonlyMap<string, Json>;
};

export type Resolve = (value: Json) => Json;

export type Resolver = {
  readonly resolve: Resolve;
  /** Whether a stack of this setting has the resource: its condition holds. */
  readonly isMade: (id: string) => boolean;
  /** The resources that were referred to since, though the stack does not have them. */
  readonly takeAbsent: () => string[];
};

/**
 * Replaces the functions of CloudFormation by what they would answer in an example account. A reference that names
 * nothing stays as its name: references have a check of their own.
 */
export function resolverOf(template: Template, { place, parameters, imports }: Setting): Resolver {
  const absent = new Set<string>();

  const refOf = (name: string): Json => {
    const pseudo = pseudoParameter(name, place);
    if (pseudo !== undefined) return pseudo;
    const parameter = template.Parameters[name];
    if (parameter !== undefined) {
      const given = parameters[name] ?? parameter.Default ?? '';
      return /List/.test(parameter.Type) ? String(given).split(',') : given;
    }
    const resource = template.Resources[name];
    note(name);
    return resource === undefined ? name : physicalIdOf(name, resource.Type, objectOf(resource.Properties), place);
  };

  const attribute = (id: string, wanted: string): Json => {
    const resource = template.Resources[id];
    if (resource === undefined) return `${id}.${wanted}`;
    note(id);
    return attributeOf(id, resource.Type, objectOf(resource.Properties), wanted, place);
  };

  const isMade = (id: string): boolean => {
    const condition = template.Resources[id]?.Condition;
    return condition === undefined || holds(condition);
  };

  const note = (id: string): void => {
    if (!isMade(id)) absent.add(id);
  };

  /** Only what names are made of is looked at, so that two resources may name one another. */
  const objectOf = (properties: { readonly [key: string]: Json }) => ({
    nameIn: (key: string): string | undefined => {
      const value = properties[key];
      return value === undefined ? undefined : textOf(resolve(value));
    },
  });

  const holds = (condition: Json | undefined): boolean => {
    const named = typeof condition === 'string' ? condition : isObject(condition) ? condition['Condition'] : undefined;
    if (typeof named === 'string') return holds(template.Conditions[named]);
    const { name, argument } = intrinsicIn(condition) ?? {};
    const items = Array.isArray(argument) ? argument : [];
    if (name === 'Fn::Not') return !holds(items[0]);
    if (name === 'Fn::And') return items.every(holds);
    if (name === 'Fn::Or') return items.some(holds);
    if (name === 'Fn::Equals')
      return JSON.stringify(resolve(items[0] ?? '')) === JSON.stringify(resolve(items[1] ?? ''));
    return false;
  };

  const call = (name: string, argument: Json): Json => {
    const [first = '', second = '', third = ''] = Array.isArray(argument) ? argument : [argument];
    switch (name) {
      case 'Ref':
        return refOf(String(argument));
      case 'Fn::GetAtt': {
        const named = attributeIn(argument);
        return named === undefined ? '' : attribute(named.id, textOf(resolve(named.attribute)));
      }
      case 'Fn::Sub': {
        const { text, given } = substitutionIn(argument);
        return substituted(text, (variable) => {
          if (given[variable] !== undefined) return textOf(resolve(given[variable]));
          const [id = '', ...rest] = variable.split('.');
          return textOf(rest.length === 0 ? refOf(id) : attribute(id, rest.join('.')));
        });
      }
      case 'Fn::If':
        return resolve(holds(first) ? second : third);
      case 'Fn::Join': {
        const items = resolve(second);
        return (Array.isArray(items) ? items : [items]).map(textOf).join(textOf(first));
      }
      case 'Fn::Select': {
        const items = resolve(second);
        return (Array.isArray(items) ? items[Number(resolve(first))] : undefined) ?? '';
      }
      case 'Fn::Split':
        return textOf(resolve(second)).split(textOf(first));
      case 'Fn::ImportValue': {
        const exported = textOf(resolve(argument));
        return imports.get(exported) ?? exported;
      }
      case 'Fn::GetAZs':
        return [`${place.region}a`, `${place.region}b`];
      default:
        return '';
    }
  };

  const resolve: Resolve = (value) => {
    const intrinsic = intrinsicIn(value);
    if (intrinsic !== undefined) return call(intrinsic.name, intrinsic.argument);
    if (Array.isArray(value)) return value.filter((item) => !isLeftOut(item)).map(resolve);
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([, item]) => !isLeftOut(item));
    return Object.fromEntries(kept.map(([key, item]) => [key, resolve(item)]));
  };

  const isLeftOut = (value: Json): boolean => {
    if (isNoValue(value)) return true;
    const { name, argument } = intrinsicIn(value) ?? {};
    if (name !== 'Fn::If' || !Array.isArray(argument)) return false;
    return isLeftOut((holds(argument[0]) ? argument[1] : argument[2]) ?? '');
  };

  const takeAbsent = (): string[] => {
    const taken = [...absent];
    absent.clear();
    return taken;
  };

  return { resolve, isMade, takeAbsent };
}

/** A value as the text that it becomes inside of another. */
export const textOf = (value: Json): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
