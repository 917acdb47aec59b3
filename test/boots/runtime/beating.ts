import { createRegistryClient } from '../../../infra/agent/registry-client.ts';
import { equip } from './equipment.ts';

const RETRY_MS = 1_000;

export type Beating = { readonly registryUrl: string; readonly workspaceId: string; readonly runtimeToken: string };

/** A runtime that has been handed a token and never registers. Runs until `stop` is aborted. */
export async function runBeating(identity: Beating, home: string, stop: AbortSignal): Promise<void> {
  const { registryUrl, workspaceId, runtimeToken } = identity;
  const { clock, doorbell, applier, log } = await equip(home);
  const client = createRegistryClient(registryUrl, fetch);
  const startedAt = clock.now();
  while (!stop.aborted) {
    doorbell.clear();
    const planId = applier.planId();
    const body = {
      workspace_id: workspaceId,
      error_rate: 0,
      active_tasks: 0,
      uptime_seconds: Math.floor((clock.now() - startedAt) / 1_000),
      plugins: await applier.report(),
      ...(planId === undefined ? {} : { plan_id: planId }),
    };
    const answer = await client.heartbeat(runtimeToken, body, stop);
    if (answer.kind === 'ok') {
      applier.accept(answer.body.plan);
      await doorbell.wait(answer.body.next_heartbeat_in_s * 1_000, stop);
    } else {
      log('beat.failed', { reason: answer.reason });
      await clock.sleep(RETRY_MS, stop);
    }
  }
  await applier.stop();
}
