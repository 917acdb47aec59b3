import type { ConvergePolicy } from '../../../lib/domain/converge.ts';
import type { Owing } from '../../../lib/domain/converge-table.ts';
import type { OwedOperation } from '../../../lib/domain/operation.ts';
import type { Ec2Operation } from '../../../lib/domain/status.ts';
import type { Inquiry, InstanceState } from '../../../lib/domain/verdict.ts';
import { STOPPED_BY_USER } from '../../../lib/domain/verdict.ts';

const OURS = '11111111-1111-4111-8111-111111111111';
export const POLICY: ConvergePolicy = {
  maxAttempts: 5,
  forgottenSeconds: 300,
  forgottenEndedSeconds: 3600,
  hangingSeconds: 1200,
  leaseSeconds: 55,
  pollSeconds: 10,
  settleSeconds: 10,
};

/** A claimed workspace that owes this, its instance there. */
export const owing = (what: Owing | null, over: Partial<OwedOperation> = {}): OwedOperation => ({
  workspaceId: '22222222-2222-4222-8222-222222222222',
  name: 'test',
  registryId: OURS,
  status: 'offline',
  generation: 1,
  tokenVersion: 1,
  operation: operationOf(what),
  asked: false,
  agreed: false,
  powerCycle: what === 'power_cycle',
  stopAsked: false,
  attempts: 0,
  instanceId: 'i-1',
  stoppable: true,
  launch: { launch_template_id: 'lt-1' },
  absentSeconds: null,
  stoppingSeconds: null,
  previousInstanceId: null,
  previousAbsentSeconds: null,
  ...over,
});

function operationOf(what: Owing | null): Ec2Operation | null {
  return what === 'power_cycle' ? 'start' : what;
}

/** EC2's answer about its instance. */
export const named = (state: InstanceState, registryId: string | null = OURS): Inquiry => ({
  kind: 'named',
  observation: { instanceId: 'i-1', state, reasonCode: null, zone: null, spot: false, registryId },
});

/** The same, when somebody asked for its stop. */
export const stoppedByUser = (state: InstanceState): Inquiry => ({
  kind: 'named',
  observation: { instanceId: 'i-1', state, reasonCode: STOPPED_BY_USER, zone: null, spot: false, registryId: OURS },
});
