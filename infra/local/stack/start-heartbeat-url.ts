import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { openFunctionUrl } from '../host/function-url.ts';
import { fullFunctionName } from '../host/serverless-process.ts';
import { credentials, region } from './function-environment.ts';
import type { Lifetime } from './lifetime.ts';

/**
 * A Function URL of the function `heartbeat`: runtimes then beat there, past the gateway.
 * @param lambdaUrl where functions are invoked, in time for the first beat
 * @returns what tells the functions of it
 */
export async function startHeartbeatUrl({ parts }: Lifetime, lambdaUrl: string): Promise<{ HEARTBEAT_URL: string }> {
  const lambda = new LambdaClient({ endpoint: lambdaUrl, region, credentials });
  parts.defer(() => lambda.destroy());
  const { url, close } = await openFunctionUrl(async (event) => {
    const call = new InvokeCommand({ FunctionName: fullFunctionName('heartbeat'), Payload: JSON.stringify(event) });
    const { Payload, FunctionError } = await lambda.send(call);
    if (FunctionError !== undefined || Payload === undefined) throw new Error(`the function failed: ${FunctionError}`);
    const answer: unknown = JSON.parse(Payload.transformToString());
    return answer;
  });
  parts.defer(close);
  return { HEARTBEAT_URL: url };
}
