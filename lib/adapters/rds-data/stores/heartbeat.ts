import type { HeartbeatRecord } from '../../../domain/voice.ts';
import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { actionsIn, readPlan } from '../statements/read-plan.ts';
import { recordHeartbeat } from '../statements/record-heartbeat.ts';
import { takeBackPlan } from '../statements/take-back-plan.ts';
import { voiceOf } from './voice.ts';

/** What the function heartbeat asks of the database, one method a statement. */
export function heartbeatStore(database: Database) {
  const { one, only } = methodsOf(database);
  const voice = voiceOf(database);
  return {
    recordHeartbeat: voice(async (input: HeartbeatRecord) => {
      const { answer } = await only(recordHeartbeat)(input);
      if ('refused' in answer) return answer;
      const { plan, ...recorded } = answer;
      if (plan === null) return { ...recorded, plan };
      const key = { workspaceId: input.claims.sub, planId: plan.plan_id };
      const actions = plan.actions ?? actionsIn(await database.run(readPlan, key));
      return { ...recorded, plan: actions === undefined ? null : { plan_id: plan.plan_id, actions } };
    }),
    takeBackPlan: one(takeBackPlan),
  };
}

export const openHeartbeatStore = opened(heartbeatStore);
