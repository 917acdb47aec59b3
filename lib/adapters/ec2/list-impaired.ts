import { paginateDescribeInstanceStatus } from '@aws-sdk/client-ec2';
import type { ImpairedLister } from '../../domain/silence.ts';
import { createEc2Client } from './client.ts';
import { nameOf } from './refusal.ts';

/** Milliseconds for all pages with their repetitions: two slow answers of 8 s. */
const LIST_MS = 20_000;

/**
 * Lists the running instances of the account's Region whose system EC2 shows impaired. By that filter and not by ids: one
 * id that EC2 does not know would fail the whole call.
 */
export function createImpairedLister(client = createEc2Client()): ImpairedLister {
  return {
    async listImpaired() {
      const instanceIds: string[] = [];
      try {
        const pages = paginateDescribeInstanceStatus(
          { client },
          { Filters: [{ Name: 'system-status.status', Values: ['impaired'] }] },
          { abortSignal: AbortSignal.timeout(LIST_MS) },
        );
        for await (const { InstanceStatuses = [] } of pages) {
          instanceIds.push(...InstanceStatuses.flatMap(({ InstanceId }) => InstanceId ?? []));
        }
        return { instanceIds, error: null };
      } catch (error) {
        return { instanceIds, error: nameOf(error) };
      }
    },
  };
}
