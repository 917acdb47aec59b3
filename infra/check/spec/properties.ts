import { type Finding, findingsOf } from '../finding.ts';
import { didYouMean } from '../template/did-you-mean.ts';
import { INTRINSICS, intrinsicIn, isNoValue } from '../template/intrinsic.ts';
import { isObject, type Json, type JsonObject } from '../template/template.ts';
import type { Properties, PropertyType, Spec } from './database.ts';

const found = findingsOf('template');

type Property = Properties[string];

/** Where a value stands: `at` for people, `of` the type that the properties are of. */
export type Place = { readonly spec: Spec; readonly at: string; readonly of: string };

/** Misspelt, missing and mistyped properties of an object, at every depth. */
export function propertiesFindings(given: JsonObject, known: Properties, place: Place): Finding[] {
  const findings = Object.entries(given).flatMap(([name, value]) => {
    const at = `${place.at}.${name}`;
    const property = known[name];
    if (property === undefined) {
      return [found(at, `no such property of ${place.of}${didYouMean(name, Object.keys(known))}`)];
    }
    return propertyFindings(value, property, { ...place, at });
  });
  const missing = Object.entries(known).filter(([name, { required }]) => required === true && isLeftOut(given[name]));
  return [...findings, ...missing.map(([name]) => found(`${place.at}.${name}`, `is missing: ${place.of} requires it`))];
}

const isLeftOut = (value: Json | undefined): boolean => value === undefined || isNoValue(value);

/** A property keeps the types that it had in earlier releases of the specification; JSON among them says nothing. */
function propertyFindings(value: Json, property: Property, place: Place): Finding[] {
  const earlier = (property.previousTypes ?? []).filter(({ type }) => type !== 'json');
  return leastOf([property.type, ...earlier].map((type) => typedFindings(value, type, place)));
}

/** The findings of the alternative that fits best. */
function leastOf([first = [], ...others]: Finding[][]): Finding[] {
  return others.reduce((least, next) => (next.length < least.length ? next : least), first);
}

/** Looks through the functions of CloudFormation; what only a deployment knows is taken as it is. */
function typedFindings(value: Json, type: PropertyType, place: Place): Finding[] {
  if (isNoValue(value)) return [];
  const intrinsic = intrinsicIn(value);
  if (intrinsic === undefined) return valueFindings(value, type, place);
  const { name, argument } = intrinsic;
  if (name === 'Fn::If') {
    const [, ...branches] = Array.isArray(argument) ? argument : [];
    return branches.flatMap((branch) => typedFindings(branch, type, place));
  }
  if (TEXTS.has(name)) return valueFindings('', type, { ...place, at: `${place.at}.${name}` }, { isKnown: false });
  if (INTRINSICS.some((known) => known === name)) return [];
  return [found(place.at, `no such function as ${name}${didYouMean(name, INTRINSICS)}`)];
}

/** Functions that answer a text. */
const TEXTS = new Set(['Fn::Base64', 'Fn::Join', 'Fn::Sub']);

/** `isKnown: false`: only a deployment knows the text. */
type Text = { readonly isKnown: boolean };

/** What does not fit the type. CloudFormation turns texts into numbers and truth values, and these into texts. */
function valueFindings(value: Json, type: PropertyType, place: Place, text: Text = { isKnown: true }): Finding[] {
  const wants = (what: string) => [found(place.at, `${shown(value, text)} where ${place.of} takes ${what}`)];
  switch (type.type) {
    case 'string':
    case 'date-time':
      if (typeof value === 'object') return wants('a text');
      return 'allowedValues' in type && text.isKnown ? oneOf(String(value), type.allowedValues, place) : [];
    case 'number':
      return isNumeric(value) || !text.isKnown ? [] : wants('a number');
    case 'integer':
      if (text.isKnown && !(isNumeric(value) && Number.isInteger(Number(value)))) return wants('a whole number');
      return text.isKnown ? oneOf(String(value), type.allowedValues?.map(String), place) : [];
    case 'boolean':
      return !text.isKnown || ['true', 'false'].includes(String(value)) ? [] : wants('true or false');
    case 'json':
      return typeof value === 'object' || typeof value === 'string' ? [] : wants('a document');
    case 'null':
      return value === null ? [] : wants('nothing');
    case 'tag':
      return isObject(value) && 'Key' in value && 'Value' in value ? [] : wants('a tag {Key, Value}');
    case 'array':
      if (!Array.isArray(value)) return wants('a list');
      return value.flatMap((item, at) => typedFindings(item, type.element, { ...place, at: `${place.at}[${at}]` }));
    case 'map':
      if (!isObject(value)) return wants('a map');
      return Object.entries(value).flatMap(([key, item]) =>
        typedFindings(item, type.element, { ...place, at: `${place.at}.${key}` }),
      );
    case 'union':
      return leastOf(type.types.map((one) => valueFindings(value, one, place, text)));
    case 'ref': {
      if (!isObject(value)) return wants('an object');
      const { name, properties } = place.spec.get('typeDefinition', type.reference);
      return propertiesFindings(value, properties, { ...place, of: `${place.of.split('.')[0]}.${name}` });
    }
  }
}

function oneOf(value: string, allowed: readonly string[] | undefined, { at, of }: Place): Finding[] {
  if (allowed === undefined || allowed.includes(value)) return [];
  return [found(at, `${value} is none that ${of} knows${didYouMean(value, allowed)}`)];
}

const isNumeric = (value: Json): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)));

function shown(value: Json, { isKnown }: Text): string {
  if (!isKnown) return 'a text';
  const written = JSON.stringify(value);
  return written.length > 40 ? `${written.slice(0, 40)}…` : written;
}
