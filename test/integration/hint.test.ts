import { describe, expect, it } from 'vitest';
import { handler } from '../../functions/hint/index.ts';
import { comeDue, convergeWith, createLaunched, instancesOf, owedOf, QUICK } from '../support/converge.ts';
import { terminate } from '../support/ec2.ts';
import { lambdaContext } from '../support/events.ts';
import { transition } from '../support/registry.ts';
import { register } from '../support/runtime.ts';
import { shared } from '../support/shared.ts';
import { sql } from '../support/sql.ts';

const hint = (instanceId: string) =>
  handler({ source: 'aws.ec2', detail: { 'instance-id': instanceId } }, lambdaContext());

const requested = () =>
  shared.now.lambda.invocations
    .filter(({ functionName }) => functionName.endsWith('converge'))
    .map(({ payload }) => payload);

describe('a hint', () => {
  it('of a death asks converge for the launch that it comes to owe', async () => {
    const { id, instanceId, token } = await createLaunched();
    await register(await token(1, 'bootstrap'), { id });
    await terminate(instanceId);
    await expect.poll(() => instancesOf(id)).toEqual([]);
    await hint(instanceId);
    expect(await owedOf(id)).toMatchObject({ status: 'offline', op: 'launch' });
    expect(requested()).toContainEqual({ workspace_id: id });
  });

  it('lets the time come for what was asked of the instance, but not for what backs off', async () => {
    const { id, instanceId } = await createLaunched();
    await expect.poll(async () => (await instancesOf(id))[0]?.state).toBe('running');
    await transition(id, 'pause', 'paused', 'stop');
    await comeDue(id);
    const policy = { ...QUICK, pollSeconds: 10, settleSeconds: 10 };
    await convergeWith({ policy })({ workspaceId: id, requestId: 'r', timeLeftMs: () => 50_000 });
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(5);
    await hint(instanceId);
    expect((await owedOf(id))?.['due_in']).toBeLessThanOrEqual(0);
    expect(requested()).toContainEqual({ workspace_id: id });

    await sql(`UPDATE workspaces SET ec2_next_at = clock_timestamp() + interval '30 seconds' WHERE id = :id::uuid`, {
      id,
    });
    await hint(instanceId);
    expect((await owedOf(id))?.['due_in']).toBeGreaterThan(25);
  });

  it.each(['i-0123456789abcdef0', 'i-00000000'])(
    'for an instance that is not ours (%s) changes nothing',
    async (id) => {
      expect(await hint(id)).toMatchObject({ known: false });
    },
  );
});
