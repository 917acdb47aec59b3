import type { EC2Client } from '@aws-sdk/client-ec2';
import {
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { InstanceOperation, InstanceOperator, OperationAnswer } from '../../domain/operation.ts';
import { definiteRefusalIn, isThrottle, nameOf, refusalIn } from './refusal.ts';

/** Ids a call: what EC2 can carry out within the time of a call. */
const BATCH = 100;

/** Milliseconds for a call with its repetitions; an end is asked for in time that is kept free for it, so in less. */
const CALL_MS = 10_000;
const TERMINATE_MS = 4_000;

type Call = (client: EC2Client, input: { InstanceIds: string[] }) => Promise<unknown>;

const within = (ms: number) => ({ abortSignal: AbortSignal.timeout(ms) });

const CALLS = {
  start: (client, input) => client.send(new StartInstancesCommand(input), within(CALL_MS)),
  stop: (client, input) => client.send(new StopInstancesCommand(input), within(CALL_MS)),
  reboot: (client, input) => client.send(new RebootInstancesCommand(input), within(CALL_MS)),
  terminate: (client, input) => client.send(new TerminateInstancesCommand(input), within(TERMINATE_MS)),
} as const satisfies Record<InstanceOperation, Call>;

/** What EC2 would say of an id that is empty: it is not asked. */
const MALFORMED = { kind: 'refused', awsCode: 'InvalidInstanceID.Malformed' } as const satisfies OperationAnswer;

type Answers = readonly (readonly [instanceId: string, answer: OperationAnswer])[];

/**
 * Asks in batches. EC2 does nothing for any of a batch that has one bad instance, and does not always say which: then
 * the batch is halved until it is found. All four operations bear being asked twice.
 */
export function createOperator(client: EC2Client): InstanceOperator {
  const askBatch = async (operation: InstanceOperation, ids: readonly string[]): Promise<Answers> => {
    try {
      await CALLS[operation](client, { InstanceIds: [...ids] });
      return ids.map((id) => [id, { kind: 'asked' }]);
    } catch (error) {
      const code = refusalIn(error);
      if (ids.length > 1 && code !== undefined && !isThrottle(code)) {
        const middle = Math.ceil(ids.length / 2);
        const halves = [ids.slice(0, middle), ids.slice(middle)];
        return (await Promise.all(halves.map((half) => askBatch(operation, half)))).flat();
      }
      return ids.map((id) => [id, answerOf(error)]);
    }
  };

  return {
    async operate(operation, instanceIds) {
      const ids = [...new Set(instanceIds)];
      const asked = ids.filter((id) => id !== '');
      const batches = Array.from({ length: Math.ceil(asked.length / BATCH) }, (_, at) =>
        asked.slice(at * BATCH, (at + 1) * BATCH),
      );
      const answers = new Map<string, OperationAnswer>(asked.length < ids.length ? [['', MALFORMED]] : []);
      for (const batch of batches) for (const [id, answer] of await askBatch(operation, batch)) answers.set(id, answer);
      return answers;
    },
  };
}

function answerOf(error: unknown): OperationAnswer {
  const awsCode = definiteRefusalIn(error);
  if (awsCode === undefined || isThrottle(awsCode)) return { kind: 'unknown', error: nameOf(error) };
  return { kind: 'refused', awsCode };
}
