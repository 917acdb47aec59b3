import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { comeDue } from '../../support/converge.ts';
import { LAUNCH_TEMPLATE_ID } from '../../support/provided.ts';
import { newInstanceId, rowOf, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, sweepOnce } from '../../support/sweep.ts';
import { makeAbsent } from './absent.ts';

beforeEach(forgetEarlierSweeps);

it('what was counted of the instance before is no part of the proof of the next: one sighting ends nobody', async () => {
  const made = await makeAbsent({ missed: { cycles: 2, seconds: 900 } }, { status: 'provisioning' });
  await sql(`UPDATE workspaces SET ec2_op = 'start', ec2_next_at = now() WHERE id = :id::uuid`, { id: made.id });
  await comeDue(made.id);
  const by = { actor: 'test', requestId: 'test' };
  const lease = randomUUID();
  await store.claimOperations({ workspaceIds: [made.id], lease, leaseSeconds: 30, limit: 1 });
  const key = { workspaceId: made.id, lease, leaseSeconds: 30, generation: 1, instanceId: made.instanceId };
  const spec = { launch_template_id: LAUNCH_TEMPLATE_ID };
  expect(await store.beginLaunch({ ...key, operation: 'start', spec })).toMatchObject({ generation: 2 });
  const instance = { instanceId: newInstanceId(), zone: 'us-east-1a', stoppable: true };
  await store.finaliseLaunch({ workspaceId: made.id, generation: 2, instance, ...by });

  await sql(
    `UPDATE workspaces SET created_at = now() - interval '1 day', launched_at = now() - interval '601 seconds',
       boot_asked_at = now() - interval '601 seconds' WHERE id = :id::uuid`,
    { id: made.id },
  );
  expect(await sweepOnce()).toMatchObject({ flipped: 0 });
  expect(await rowOf(made.id)).toMatchObject({ status: 'provisioning', instance_id: instance.instanceId });
});
