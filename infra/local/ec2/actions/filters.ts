import { z } from 'zod';
import type { Instance } from '../fleet/instance.ts';
import { Ec2Error } from '../query/ec2-error.ts';
import { list } from '../query/parameters.ts';

/** `Filter.N.Name`, `Filter.N.Value.M`; a filter without a value is refused, so that no caller can mistake it for all. */
export const filterList = list(z.strictObject({ Name: z.string(), Value: list(z.string()) })).default([]);

export type Filter = { readonly Name: string; readonly Value: readonly string[] };
/** What a filter looks at: one of these must match. */
export type Field = (instance: Instance) => readonly string[];
export type Fields = ReadonlyMap<string, Field>;

const maxFilterValues = 200;

/**
 * Builds the test of an instance against all filters: every filter must match, one value of it is enough. Values may
 * hold EC2's wildcards, `*` and `?`, and a backslash before either; they are case-sensitive.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 * @throws {Ec2Error} InvalidParameterValue for a filter that this action does not have, FilterLimitExceeded above 200
 * values in the call.
 */
export function compileFilters(
  filters: readonly Filter[],
  fieldOf: (name: string) => Field | undefined,
): (instance: Instance) => boolean {
  const values = filters.reduce((sum, filter) => sum + filter.Value.length, 0);
  if (values > maxFilterValues) {
    const message = `The maximum number of filter values specified on a single call is ${maxFilterValues}`;
    throw new Ec2Error('FilterLimitExceeded', message);
  }
  const tests = filters.map((filter) => compileFilter(filter, fieldOf));
  return (instance) => tests.every((test) => test(instance));
}

/** Values that stand for themselves alone; undefined when one has a wildcard. */
export function exactValues(filter: Filter): ReadonlySet<string> | undefined {
  return filter.Value.some((value) => /[*?\\]/.test(value)) ? undefined : new Set(filter.Value);
}

function compileFilter(filter: Filter, fieldOf: (name: string) => Field | undefined): (instance: Instance) => boolean {
  const field = fieldOf(filter.Name);
  if (!field) throw new Ec2Error('InvalidParameterValue', `The filter '${filter.Name}' is invalid`);
  const matches = compileValues(filter);
  return (instance) => field(instance).some(matches);
}

/** The test of one text against the values of a filter, wildcards included. */
export function compileValues(filter: Filter): (text: string) => boolean {
  const exact = exactValues(filter);
  if (exact) return (text) => exact.has(text);
  const patterns = filter.Value.map(wildcard);
  return (text) => patterns.some((pattern) => pattern.test(text));
}

function wildcard(value: string): RegExp {
  const source = value.replace(/\\?[\s\S]/g, (token) => {
    if (token === '*') return '[\\s\\S]*';
    if (token === '?') return '[\\s\\S]';
    return token.slice(-1).replace(/[\\^$.|?*+()[\]{}]/, '\\$&');
  });
  return new RegExp(`^${source}$`);
}
