import type { Deployment } from '../../../infra/cost/deployment.ts';
import type { Fleet } from '../../../infra/cost/fleet.ts';

/** A deployment that no file of the checkout changes. */
export const DEPLOYMENT: Deployment = {
  memoryMb: 256,
  sweepMemoryMb: 1_769,
  minCapacity: 0.5,
  platformLogs: true,
  retentionDays: 30,
  alarmMetrics: 20,
  steadyMetrics: 20,
  seldomMetrics: 30,
  secrets: 3,
};

export const FLEET: Fleet = {
  workspaces: 1_000,
  externalShare: 0,
  paceSeconds: undefined,
  functionUrl: false,
  chatty: false,
  secretReads: 0,
};
