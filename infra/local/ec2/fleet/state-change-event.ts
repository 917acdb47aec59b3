import { randomUUID } from 'node:crypto';
import type { EventBridgeEvent } from 'aws-lambda';
import { accountId } from './account.ts';
import type { Instance, StateName } from './instance.ts';

export type Ec2StateChangeEvent = EventBridgeEvent<
  'EC2 Instance State-change Notification',
  { 'instance-id': string; state: StateName }
>;

/** The whole EventBridge document for the state that the instance has now; `time` has whole seconds, as EventBridge's. */
export function stateChangeEvent(instance: Instance, region: string): Ec2StateChangeEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account: accountId,
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    region,
    resources: [`arn:aws:ec2:${region}:${accountId}:instance/${instance.id}`],
    detail: { 'instance-id': instance.id, state: instance.state },
  };
}
