import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { comeDue, converge, createLaunched, instancesOf, owedOf } from '../../support/converge.ts';
import { eventsOf, transition } from '../../support/registry.ts';
import { register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { liveness } from '../liveness/aged.ts';

/** Lets `seconds` go by for a boot that is under way. */
const pass = (id: string, seconds: number) =>
  sql(
    `UPDATE workspaces SET boot_asked_at = boot_asked_at - make_interval(secs => :seconds::integer),
       status_since = status_since - make_interval(secs => :seconds::integer) WHERE id = :id::uuid`,
    { id, seconds },
  );

describe.each([600, 1800])('a box that never boots, with %i s for it', (boot_timeout_seconds) => {
  it('is launched five times, each after its boot has had its time, and has failed then, the whole story told', async () => {
    const { id } = await createLaunched({ boot_timeout_seconds });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(await owedOf(id)).toMatchObject({ status: 'provisioning', generation: attempt, attempts: attempt });
      await pass(id, boot_timeout_seconds - 20);
      await liveness();
      await converge(id);
      expect(await owedOf(id)).toMatchObject({ status: 'provisioning', generation: attempt });
      await pass(id, 21);
      await liveness();
      if (attempt < 5) {
        const owed = await owedOf(id);
        expect(owed).toMatchObject({ status: 'offline', op: 'launch', generation: attempt });
        const backoff = Math.min(900, 30 * 2 ** (attempt - 1));
        expect(owed?.['due_in']).toBeGreaterThan(0.8 * backoff - 5);
        expect(owed?.['due_in']).toBeLessThanOrEqual(1.2 * backoff);
        await comeDue(id);
        await converge(id);
        await converge(id);
        await expect.poll(async () => (await instancesOf(id)).length).toBe(1);
        await converge(id);
      }
    }
    expect(await owedOf(id)).toMatchObject({ status: 'failed', op: null, attempts: 5 });
    const events = (await eventsOf(id)).filter(({ from_status, to_status }) => from_status !== to_status);
    const story = ['boot_timed_out', 'launched'];
    expect(events.map(({ event }) => event)).toEqual(
      ['created', 'instance_launched', ...story, ...story, ...story, ...story, 'budget_spent'].filter(
        (event) => event !== 'instance_launched',
      ),
    );
    expect(JSON.parse(String(events.at(-1)?.['evidence']))).toMatchObject({ attempts: 5, boot_timeout_seconds });

    await converge(id);
    expect((await instancesOf(id)).length).toBe(1);
  }, 60_000);
});

describe('the budget', () => {
  it('is fresh after ten minutes online, and not sooner', async () => {
    const { id, token } = await createLaunched();
    await sql('UPDATE workspaces SET ec2_attempts = 4 WHERE id = :id::uuid', { id });
    await register(await token(1, 'bootstrap'), { id });
    const aged = (minutes: number) =>
      sql(
        `UPDATE workspaces SET status_since = status_since - make_interval(mins => :minutes::integer)
         WHERE id = :id::uuid`,
        { id, minutes },
      );
    await aged(9);
    await liveness();
    expect(await owedOf(id)).toMatchObject({ attempts: 4 });
    await aged(1);
    await liveness();
    expect(await owedOf(id)).toMatchObject({ attempts: 0 });
  });

  it('that is spent keeps a failed workspace failed, until its runtime registers late', async () => {
    const { id, token } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    await sql('UPDATE workspaces SET ec2_attempts = 5 WHERE id = :id::uuid', { id });
    await converge(id);
    expect(await owedOf(id)).toMatchObject({ status: 'failed', op: null, generation: 1 });
    const last = (await eventsOf(id)).at(-1);
    expect(last).toMatchObject({ event: 'budget_spent', actor: 'converge' });
    expect((await register(await token(1, 'bootstrap'), { id, boot_id: randomUUID() })).body.workspace_status).toBe(
      'online',
    );
  });
});
