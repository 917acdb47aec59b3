import { InvokeCommand, LambdaClient, type LambdaClientConfig, LambdaServiceException } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { fullFunctionName } from '../../local/host/serverless-process.ts';
import type { Target } from '../command-line/parse.ts';
import { NoAnswer, Refused, reasonOf, WrongUsage } from '../failures.ts';
import type { Surroundings } from '../surroundings.ts';
import { oneLine } from '../view/text.ts';
import { givenUrl, isLoopback, noStack, regionOf } from './address.ts';

type Call = {
  /** Its name in serverless.yml. */
  readonly name: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** Its timeout in serverless.yml. */
  readonly timeoutSeconds: number;
  /** How often it may run, where its answer does not come. */
  readonly maxAttempts: number;
};
type Line = Target & { readonly stage: string | undefined };
type Finding = Pick<Surroundings, 'env' | 'newestStack'>;
type Place = { readonly fullName: string; readonly options: LambdaClientConfig; readonly at: string };

/** What AWS may take, beside a function's own time, to start it and to bring its answer. */
const AROUND_MS = 15_000;

/** What a function threw. */
export const thrown = z.object({ errorType: z.string().optional(), errorMessage: z.string() });

/**
 * Invokes a function of the deployment that the command line names, else of the newest local stack.
 *
 * @returns its result as it is
 * @throws {WrongUsage} when a registry on AWS is meant and its stage or region is missing
 * @throws {Refused} when AWS refuses the call, or, with what was thrown as its answer, the function fails
 * @throws {NoAnswer} when none came; whether the function ran is not known
 */
export async function invokeFunction(call: Call, line: Line, finding: Finding): Promise<unknown> {
  const { fullName, options, at } = await findFunction(call.name, line, finding);
  const client = new LambdaClient({ ...options, maxAttempts: call.maxAttempts, requestHandler: patienceFor(call) });
  try {
    const Payload = JSON.stringify(call.event);
    const answer = await client.send(new InvokeCommand({ FunctionName: fullName, Payload }));
    const result: unknown = JSON.parse(answer.Payload?.transformToString() ?? '');
    if (answer.FunctionError !== undefined) throw failure(fullName, result);
    return result;
  } catch (cause) {
    if (cause instanceof Refused) throw cause;
    if (cause instanceof LambdaServiceException) {
      throw new Refused(oneLine(`Lambda refused to invoke ${fullName} (${cause.name}): ${cause.message}`), { cause });
    }
    throw new NoAnswer(`No answer from ${fullName} at ${at}: ${reasonOf(cause)}`, { cause });
  } finally {
    client.destroy();
  }
}

function patienceFor({ timeoutSeconds }: Call) {
  return {
    connectionTimeout: 5_000,
    requestTimeout: timeoutSeconds * 1_000 + AROUND_MS,
    throwOnRequestTimeout: true,
  };
}

async function findFunction(name: string, line: Line, { env, newestStack }: Finding): Promise<Place> {
  if (line.stage !== undefined) {
    const region = regionOf(line, env);
    return { fullName: `muster-${line.stage}-${name}`, options: { region }, at: `Lambda in ${region}` };
  }
  const url = givenUrl(line, env);
  if (url !== undefined && !isLoopback(url)) throw new WrongUsage(`${name} of a registry on AWS needs --stage`);
  const stack = await newestStack();
  if (stack === undefined) throw noStack();
  if (url !== undefined && url.origin !== new URL(stack.api).origin) {
    throw new Refused(`The newest stack of this checkout listens at ${stack.api}, not at ${url.origin}`);
  }
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const options = { endpoint: stack.lambda, region: 'us-east-1', credentials };
  return { fullName: fullFunctionName(name), options, at: stack.lambda };
}

function failure(fullName: string, answer: unknown): Refused {
  const said = thrown.safeParse(answer).data;
  const what = `${said?.errorType ?? 'Error'}: ${said?.errorMessage ?? 'no message'}`;
  return new Refused(oneLine(`${fullName} failed: ${what}`), { answer });
}
