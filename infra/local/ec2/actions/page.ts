import { z } from 'zod';
import type { Instance } from '../fleet/instance.ts';
import { Ec2Error } from '../query/ec2-error.ts';
import { integer } from '../query/parameters.ts';
import type { Walk } from './walk.ts';

/** MaxResults and NextToken of a listing. */
export const pageParameters = { MaxResults: integer.optional(), NextToken: z.string().optional() };

const minResults = 5;
const maxResults = 1_000;
const tokenContent = z.strictObject({ after: z.int() });

type PageRequest = { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined };
export type Page = { readonly instances: readonly Instance[]; readonly nextToken: string | undefined };

/**
 * Takes one page of a walk in launch order; without MaxResults and NextToken that is all of them, as on EC2. The
 * token is the place to go on from, so what is launched or forgotten between two pages shifts nothing.
 * @throws {Ec2Error} InvalidParameterValue for a bad token.
 */
export function takePage(walk: Walk, matches: (instance: Instance) => boolean, request: PageRequest): Page {
  const after = request.NextToken === undefined ? 0 : readToken(request.NextToken);
  const all = request.MaxResults === undefined && request.NextToken === undefined;
  const limit = all ? Number.POSITIVE_INFINITY : (request.MaxResults ?? maxResults);
  const instances: Instance[] = [];
  for (const instance of walk(after)) {
    if (!matches(instance)) continue;
    const last = instances.at(-1);
    if (last && instances.length === limit) return { instances, nextToken: writeToken(last.sequence) };
    instances.push(instance);
  }
  return { instances, nextToken: undefined };
}

/** @throws {Ec2Error} InvalidParameterCombination with ids, InvalidParameterValue outside 5..1000. */
export function checkPage({
  InstanceId,
  MaxResults,
  NextToken,
}: PageRequest & { InstanceId: readonly string[] }): void {
  if (InstanceId.length > 0 && (MaxResults !== undefined || NextToken !== undefined)) {
    const name = MaxResults === undefined ? 'nextToken' : 'maxResults';
    const message = `The parameter instancesSet cannot be used with the parameter ${name}`;
    throw new Ec2Error('InvalidParameterCombination', message);
  }
  if (MaxResults === undefined) return;
  const invalid = `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value`;
  if (MaxResults < minResults) throw new Ec2Error('InvalidParameterValue', `${invalid} greater than ${minResults}.`);
  if (MaxResults > maxResults) throw new Ec2Error('InvalidParameterValue', `${invalid} less than ${maxResults}.`);
}

function writeToken(after: number): string {
  return Buffer.from(JSON.stringify({ after })).toString('base64url');
}

function readToken(token: string): number {
  try {
    return tokenContent.parse(JSON.parse(Buffer.from(token, 'base64url').toString())).after;
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
    throw new Ec2Error(
      'InvalidParameterValue',
      `Value ( ${token} ) for parameter nextToken is invalid. The token is invalid.`,
    );
  }
}
