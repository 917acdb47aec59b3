import { z } from 'zod';
import { Ec2Error } from './ec2-error.ts';
import type { ParameterTree } from './parse-form.ts';

/** `Name.1=…&Name.2=…`; JavaScript enumerates whole-number keys in ascending order, so the list keeps EC2's. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.record(z.string().regex(/^[1-9]\d{0,5}$/), item).transform((entries) => Object.values(entries));
}

export const integer = z
  .string()
  .regex(/^-?\d{1,10}$/, 'Expecting a whole number.')
  .transform(Number);

export const boolean = z.enum(['true', 'false'], 'Expecting true or false.').transform((text) => text === 'true');

/** Whatever EC2 takes here and this server has no use for. */
export const ignored = z.unknown();

/**
 * Parses an action's parameters.
 * @throws {Ec2Error} UnknownParameter, MissingParameter or InvalidParameterValue, naming the parameter as sent.
 */
export function parseParameters<Schema extends z.ZodType>(schema: Schema, tree: ParameterTree): z.output<Schema> {
  const result = schema.safeParse(tree, { reportInput: true });
  if (result.success) return result.data;
  throw refusal(result.error.issues[0]);
}

function refusal(issue: z.core.$ZodIssue | undefined): Ec2Error {
  const name = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const unknown = [...issue.path, issue.keys[0]].join('.');
    return new Ec2Error('UnknownParameter', `The parameter ${unknown} is not recognized`);
  }
  if (issue?.input === undefined) {
    return new Ec2Error('MissingParameter', `The request must contain the parameter ${name}`);
  }
  const reason = `Value (${show(issue.input)}) for parameter ${name} is invalid. ${issue.message}`;
  return new Ec2Error('InvalidParameterValue', reason);
}

/** A structure where a value belongs has no prototype, and so no text of its own. */
function show(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}
