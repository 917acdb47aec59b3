import * as z from 'zod/mini';
import type { Hint, Warning } from '../../lib/domain/hint.ts';

const source = z.literal('aws.ec2');
const instance = z.object({ 'instance-id': z.string().check(z.regex(/^i-[0-9a-f]+$/, 'is not an instance id (i-…)')) });
const interruption = z.extend(instance, { 'instance-action': z.enum(['terminate', 'stop', 'hibernate']) });
const time = z.iso.datetime();

const WARNING_OF = {
  terminate: 'spot-terminate',
  stop: 'spot-stop',
  hibernate: 'spot-hibernate',
} as const satisfies Record<z.output<typeof interruption>['instance-action'], Warning>;

/**
 * What EventBridge tells of an instance: state changes, spot interruption warnings, rebalance recommendations. The state
 * is not read: what an event says of an instance is never believed, only that EC2 has warned of something.
 */
export const hintEvent = z.pipe(
  z.discriminatedUnion('detail-type', [
    z.object({ source, 'detail-type': z.literal('EC2 Instance State-change Notification'), detail: instance }),
    z.object({
      source,
      'detail-type': z.literal('EC2 Spot Instance Interruption Warning'),
      time,
      detail: interruption,
    }),
    z.object({ source, 'detail-type': z.literal('EC2 Instance Rebalance Recommendation'), time, detail: instance }),
  ]),
  z.transform((event): Hint => {
    const instanceId = event.detail['instance-id'];
    switch (event['detail-type']) {
      case 'EC2 Instance State-change Notification':
        return { instanceId, warned: null };
      case 'EC2 Spot Instance Interruption Warning':
        return { instanceId, warned: { of: WARNING_OF[event.detail['instance-action']], at: event.time } };
      case 'EC2 Instance Rebalance Recommendation':
        return { instanceId, warned: { of: 'rebalance', at: event.time } };
    }
  }),
);
