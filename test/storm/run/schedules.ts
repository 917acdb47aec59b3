import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { fullFunctionName, inCheckout } from '../../../infra/local/host/serverless-process.ts';
import type { Scheduled } from '../plan/plan.ts';

const document = z.record(z.string(), z.unknown());

/** Runs scheduled functions with the document that EventBridge sends them. */
export class Schedules {
  readonly #lambdaUrl: () => string;

  /** @param lambdaUrl where the functions are now */
  constructor(lambdaUrl: () => string) {
    this.#lambdaUrl = lambdaUrl;
  }

  /** @returns why it failed, if it did */
  async run(name: Scheduled): Promise<string | undefined> {
    const scheduled = document.parse(JSON.parse(await readFile(inCheckout('test/events/scheduled.json'), 'utf8')));
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const lambda = new LambdaClient({ endpoint: this.#lambdaUrl(), region: 'us-east-1', credentials, maxAttempts: 1 });
    const Payload = JSON.stringify({ ...scheduled, id: randomUUID() });
    try {
      const answer = await lambda.send(new InvokeCommand({ FunctionName: fullFunctionName(name), Payload }));
      const payload = answer.Payload?.transformToString() ?? '';
      return answer.FunctionError === undefined ? undefined : `${name} failed: ${payload.slice(0, 2_000)}`;
    } catch (error) {
      return `${name} could not be run: ${error}`;
    } finally {
      lambda.destroy();
    }
  }
}
