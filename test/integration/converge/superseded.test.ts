import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { converge, owedOf } from '../../support/converge.ts';
import { inquirer, plantInstance } from '../../support/ec2.ts';
import { LAUNCH_TEMPLATE_ID } from '../../support/provided.ts';
import { newInstanceId, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { by, claimed, wholeOf } from './claimed.ts';

const spec = { launch_template_id: LAUNCH_TEMPLATE_ID };

describe('a superseded instance', () => {
  const superseded = async () => {
    const made = await claimed('reboot');
    const previous = newInstanceId();
    await sql(
      `UPDATE workspaces SET previous_instance_id = :previous::text, previous_next_at = '-infinity'
       WHERE id = :id::uuid`,
      { id: made.id, previous },
    );
    return { ...made, previous };
  };

  it.each(['its lease is another’s', 'it is another'] as const)('is not forgotten when %s by now', async (what) => {
    const { id, lease, previous } = await superseded();
    const instance_id = what === 'it is another' ? newInstanceId() : previous;
    if (what === 'its lease is another’s') {
      await sql('UPDATE workspaces SET ec2_lease = gen_random_uuid() WHERE id = :id::uuid', { id });
    }
    const before = await wholeOf(id);
    const rows = [{ workspace_id: id, instance_id, outcome: 'forget', absent: false, evidence: {} }] as const;
    await store.settlePrevious({ ...by, lease, pollSeconds: 10, rows });
    expect(await wholeOf(id)).toEqual(before);
  });

  it('is not lost to a launch that would supersede another', async () => {
    const { id, lease, instanceId } = await superseded();
    const input = { workspaceId: id, lease, leaseSeconds: 30, generation: 1, operation: 'reboot', instanceId } as const;
    expect(await store.beginLaunch({ ...input, spec })).toBeUndefined();
  });

  it('is kept by a launch where nothing else is left', async () => {
    const { id, lease, previous } = await superseded();
    await sql('UPDATE workspaces SET instance_id = NULL WHERE id = :id::uuid', { id });
    const input = { workspaceId: id, lease, leaseSeconds: 30, generation: 1, operation: 'reboot' } as const;
    expect(await store.beginLaunch({ ...input, instanceId: null, spec })).toEqual({ generation: 2 });
    expect(await owedOf(id)).toMatchObject({ previous_instance_id: previous });
  });

  it('brings on nothing that the workspace owes before its time', async () => {
    const { id, previous } = await superseded();
    await sql(
      `UPDATE workspaces SET ec2_lease_until = NULL, ec2_next_at = clock_timestamp() + interval '5 minutes'
       WHERE id = :id::uuid`,
      { id },
    );
    const claim = { workspaceIds: [id], lease: randomUUID(), leaseSeconds: 30, limit: 1 };
    expect(await store.claimOperations(claim)).toMatchObject([{ operation: null, previousInstanceId: previous }]);
  });

  it('invariant 10: is forgotten, not ended, where it does not bear our tag', async () => {
    const { id } = await superseded();
    const foreign = await plantInstance({ state: 'running' });
    await sql('UPDATE workspaces SET previous_instance_id = :foreign::text WHERE id = :id::uuid', { id, foreign });
    await converge(id);
    const answer = (await inquirer.inquire([foreign])).get(foreign);
    expect(answer).toMatchObject({ kind: 'named', observation: { state: 'running' } });
    expect(await owedOf(id)).toMatchObject({ previous_instance_id: null });
  });

  it('is looked at at once when EC2 tells of it', async () => {
    const { id, previous } = await superseded();
    await sql(
      `UPDATE workspaces SET ec2_lease_until = NULL, ec2_next_at = clock_timestamp() + interval '5 minutes',
         previous_next_at = clock_timestamp() + interval '10 minutes' WHERE id = :id::uuid`,
      { id },
    );
    expect(await store.hastenOperations({ instanceIds: [previous], withinSeconds: 10 })).toEqual([{ id }]);
    const claim = { workspaceIds: [id], lease: randomUUID(), leaseSeconds: 30, limit: 1 };
    expect(await store.claimOperations(claim)).toMatchObject([{ operation: null, previousInstanceId: previous }]);
  });
});
