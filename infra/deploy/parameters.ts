import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readTemplate } from './packages.ts';

const parameter = z.object({
  Type: z.string(),
  AllowedPattern: z.string().optional(),
  AllowedValues: z.array(z.coerce.string()).optional(),
  MinValue: z.number().optional(),
  MaxValue: z.number().optional(),
  ConstraintDescription: z.string().default('is not what the template takes'),
});
type Parameter = z.output<typeof parameter>;

const template = z.object({ Parameters: z.record(z.string(), parameter).default({}) });

/** What the framework keeps of a package: among it the values that it will give the stack. */
const state = z.object({
  service: z.object({
    provider: z.object({
      stackParameters: z.array(z.object({ ParameterKey: z.string(), ParameterValue: z.coerce.string() })).default([]),
    }),
  }),
});

/**
 * Whether CloudFormation will take the values that a package gives its stack. It looks at them only when the stack's turn
 * comes: for the functions after the database was made and migrated.
 * @throws Error that names each that it would not take, by its --param
 */
export async function requireFittingParameters(folder: string): Promise<void> {
  const { Parameters } = template.parse(JSON.parse(await readTemplate(folder)));
  const { provider } = state.parse(JSON.parse(await readFile(join(folder, 'serverless-state.json'), 'utf8'))).service;
  const refused = provider.stackParameters.flatMap(({ ParameterKey, ParameterValue }) => {
    const wanted = Parameters[ParameterKey];
    if (wanted === undefined || fits(wanted, ParameterValue)) return [];
    return [`--param ${nameOf(ParameterKey)}: ${JSON.stringify(ParameterValue)} ${wanted.ConstraintDescription}`];
  });
  if (refused.length > 0) throw new Error(refused.join('\n'));
}

/** As CloudFormation does: a pattern is for the whole of a text, and of a list for each of its items. */
function fits({ Type, AllowedPattern, AllowedValues, MinValue, MaxValue }: Parameter, value: string): boolean {
  const items = Type === 'CommaDelimitedList' ? value.split(',').map((item) => item.trim()) : [value];
  const pattern = AllowedPattern === undefined ? undefined : new RegExp(`^(?:${AllowedPattern})$`);
  if (pattern !== undefined && !items.every((item) => pattern.test(item))) return false;
  if (AllowedValues !== undefined && !items.every((item) => AllowedValues.includes(item))) return false;
  if (Type !== 'Number') return true;
  const number = value.trim() === '' ? Number.NaN : Number(value);
  return number >= (MinValue ?? Number.NEGATIVE_INFINITY) && number <= (MaxValue ?? Number.POSITIVE_INFINITY);
}

const nameOf = (key: string): string => key.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase();
