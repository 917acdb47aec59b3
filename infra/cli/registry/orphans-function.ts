import { InvokeCommand, LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { fullFunctionName } from '../../local/host/serverless-process.ts';
import type { OrphansLine } from '../command-line/parse.ts';
import { NoAnswer, Refused, reasonOf, WrongUsage } from '../failures.ts';
import type { Surroundings } from '../surroundings.ts';
import { oneLine } from '../view/text.ts';
import { givenUrl, isLoopback, noStack, regionOf } from './address.ts';

type Finding = Pick<Surroundings, 'env' | 'newestStack'>;
type Place = { readonly name: string; readonly client: LambdaClient; readonly at: string };

/** A repeated run is a second sighting: what an answer that was lost had found would count twice. */
const maxAttempts = 1;

const thrown = z.object({ errorType: z.string().optional(), errorMessage: z.string() });

/**
 * Invokes the function `orphans` of the deployment that the command line names, else of the newest local stack.
 *
 * @returns its result as it is
 * @throws {WrongUsage} when a registry on AWS is meant and its stage or region is missing
 * @throws {Refused} when AWS refuses the call or the function fails
 * @throws {NoAnswer} when none came; whether the function ran is not known
 */
export async function invokeOrphans(line: OrphansLine, finding: Finding): Promise<unknown> {
  const { name, client, at } = await findFunction(line, finding);
  try {
    const Payload = JSON.stringify({ dry_run: line.dryRun });
    const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload }));
    const result: unknown = JSON.parse(answer.Payload?.transformToString() ?? '');
    if (answer.FunctionError !== undefined) throw failure(name, result);
    return result;
  } catch (cause) {
    if (cause instanceof Refused) throw cause;
    if (cause instanceof LambdaServiceException) {
      throw new Refused(oneLine(`Lambda refused to invoke ${name} (${cause.name}): ${cause.message}`), { cause });
    }
    throw new NoAnswer(`No answer from ${name} at ${at}: ${reasonOf(cause)}`, { cause });
  } finally {
    client.destroy();
  }
}

async function findFunction(line: OrphansLine, { env, newestStack }: Finding): Promise<Place> {
  if (line.stage !== undefined) {
    const region = regionOf(line, env);
    const client = new LambdaClient({ region, maxAttempts });
    return { name: `muster-${line.stage}-orphans`, client, at: `Lambda in ${region}` };
  }
  const url = givenUrl(line, env);
  if (url !== undefined && !isLoopback(url)) throw new WrongUsage('orphans of a registry on AWS needs --stage');
  const stack = await newestStack();
  if (stack === undefined) throw noStack();
  if (url !== undefined && url.origin !== new URL(stack.api).origin) {
    throw new Refused(`The newest stack of this checkout listens at ${stack.api}, not at ${url.origin}`);
  }
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new LambdaClient({ endpoint: stack.lambda, region: 'us-east-1', credentials, maxAttempts });
  return { name: fullFunctionName('orphans'), client, at: stack.lambda };
}

function failure(name: string, result: unknown): Refused {
  const said = thrown.safeParse(result).data;
  return new Refused(oneLine(`${name} failed: ${said?.errorType ?? 'Error'}: ${said?.errorMessage ?? 'no message'}`));
}
