import { isObject, type Json } from './template.ts';

/** The functions of CloudFormation that may stand in a template of ours. */
export const INTRINSICS = [
  'Ref',
  'Fn::And',
  'Fn::Base64',
  'Fn::Equals',
  'Fn::FindInMap',
  'Fn::GetAtt',
  'Fn::GetAZs',
  'Fn::If',
  'Fn::ImportValue',
  'Fn::Join',
  'Fn::Not',
  'Fn::Or',
  'Fn::Select',
  'Fn::Split',
  'Fn::Sub',
] as const;

export type Intrinsic = { readonly name: string; readonly argument: Json };

/** The function that an object calls: its only key is the function's name. */
export function intrinsicIn(value: Json | undefined): Intrinsic | undefined {
  if (!isObject(value)) return undefined;
  const [[name, argument] = [], ...others] = Object.entries(value);
  if (name === undefined || argument === undefined || others.length > 0) return undefined;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined;
}

/** `Ref: AWS::NoValue`: the property is left out. */
export const isNoValue = (value: Json): boolean => isObject(value) && value['Ref'] === 'AWS::NoValue';

/** The logical id and the attribute of a Fn::GetAtt, in both of its forms; the attribute may be a call itself. */
export function attributeIn(argument: Json): { readonly id: string; readonly attribute: Json } | undefined {
  if (typeof argument === 'string') {
    const [id = '', ...rest] = argument.split('.');
    return { id, attribute: rest.join('.') };
  }
  if (!Array.isArray(argument)) return undefined;
  const [id, attribute] = argument;
  return typeof id === 'string' && attribute !== undefined ? { id, attribute } : undefined;
}

/** The text of a Fn::Sub and the variables that are given with it. */
export function substitutionIn(argument: Json): { readonly text: string; readonly given: { [name: string]: Json } } {
  if (typeof argument === 'string') return { text: argument, given: {} };
  const [text, given] = Array.isArray(argument) ? argument : [];
  return { text: typeof text === 'string' ? text : '', given: isObject(given) ? given : {} };
}

const VARIABLE = /\$\{(?!!)\s*([^}]+?)\s*\}/g;

/** The names between `${` and `}` of a Fn::Sub; `${!Literal}` is none. */
export const variablesIn = (text: string): string[] => [...text.matchAll(VARIABLE)].map(([, name = '']) => name);

/** The text with each variable replaced, and the literal ones unwrapped. */
export const substituted = (text: string, replacementOf: (name: string) => string): string =>
  text.replaceAll(VARIABLE, (_whole, name: string) => replacementOf(name)).replaceAll('${!', '${');
