import * as z from 'zod';

const json = z.json();
export type Json = z.output<typeof json>;
export type JsonObject = { readonly [key: string]: Json };

const names = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given) => (typeof given === 'string' ? [given] : given));
const section = z.record(z.string(), json).default({});

const resource = z
  .object({
    Type: z.string(),
    Properties: section,
    DependsOn: names,
    Condition: z.string().optional(),
  })
  .catchall(json);

const parameter = z.object({ Type: z.string(), Default: json.optional() }).catchall(json);
const output = z
  .object({ Value: json, Condition: z.string().optional(), Export: z.object({ Name: json }).optional() })
  .catchall(json);

const template = z
  .object({
    Parameters: z.record(z.string(), parameter).default({}),
    Mappings: section,
    Conditions: section,
    Resources: z.record(z.string(), resource),
    Outputs: z.record(z.string(), output).default({}),
  })
  .catchall(json);

/** A CloudFormation template, as the framework has generated it. */
export type Template = z.output<typeof template>;
export type Resource = z.output<typeof resource>;

/** @throws z.ZodError for what is no template */
export const parseTemplate = (document: unknown): Template => template.parse(document);

export const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a template may say as one or as several. */
export const listOf = (value: Json | undefined): Json[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** Resources of one type with their logical ids. */
export function resourcesOf(of: Template, type: string): (readonly [id: string, resource: Resource])[] {
  return Object.entries(of.Resources).filter(([, { Type }]) => Type === type);
}
