import * as z from 'zod';

/**
 * What EventBridge tells of an instance: state changes, spot interruption warnings, rebalance recommendations. Only
 * the instance's id is read; what the event says of it is never believed.
 */
export const hintEvent = z
  .object({ source: z.literal('aws.ec2'), detail: z.object({ 'instance-id': z.string().regex(/^i-[0-9a-f]+$/) }) })
  .transform(({ detail }) => ({ instanceId: detail['instance-id'] }));
