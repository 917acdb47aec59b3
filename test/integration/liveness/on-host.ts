import { plantInstance } from '../../support/ec2.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';
import { silentWorkspace } from './silent.ts';

export const set = (id: string, change: string) => sql(`UPDATE workspaces SET ${change} WHERE id = :id::uuid`, { id });

/** Gives a workspace an instance of the local EC2 server, and lets EC2 show its system so. */
export async function onHost(id: string, system: 'ok' | 'impaired'): Promise<string> {
  const instanceId = await plantInstance({});
  await set(id, `instance_id = '${instanceId}'`);
  const health = { method: 'POST', body: JSON.stringify({ system }) };
  const answer = await fetch(`${shared.now.ec2Url}/_control/instances/${instanceId}/health`, health);
  if (!answer.ok) throw new Error(await answer.text());
  return instanceId;
}

/** A silent workspace whose system EC2 shows impaired. */
export async function impairedWorkspace(options: Parameters<typeof silentWorkspace>[0] = {}) {
  const made = await silentWorkspace(options);
  return { ...made, instanceId: await onHost(made.id, 'impaired') };
}

export async function owedBy(id: string) {
  const [row] = await sql(
    `SELECT status::text, ec2_op::text AS owes, power_cycle, ec2_next_at IS NOT NULL AS due
     FROM workspaces WHERE id = :id::uuid`,
    { id },
  );
  return row;
}

export const POWER_CYCLE = { owes: 'start', power_cycle: true, due: true };
export const LAUNCH = { owes: 'launch', power_cycle: false, due: true };
export const NOTHING = { owes: null, power_cycle: false, due: false };
export const REBOOT = { owes: 'reboot', power_cycle: false, due: true };
export const ON_SILENCE = { restartPolicy: 'on_silence' } as const;
export const NEVER = { restartPolicy: 'never' } as const;
export const NOT_STOPPABLE = 'stoppable = false';
