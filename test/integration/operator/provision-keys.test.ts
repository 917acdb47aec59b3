import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { handler as provisionHandler } from '../../../functions/provision/index.ts';
import { instancesOf, owedOf } from '../../support/converge.ts';
import { ec2Faults } from '../../support/ec2.ts';
import { httpEvent } from '../../support/events.ts';
import { eventsOf } from '../../support/registry.ts';
import { call, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

afterEach(async () => {
  await ec2Faults({});
});

const create = (key: string, body: Record<string, unknown> = {}) => {
  const event = httpEvent('POST /workspaces', { body: { name: 'shop', runtime: 'agent', ...body } });
  return call(provisionHandler, { ...event, headers: { ...event.headers, 'idempotency-key': key } });
};

const refuse = (code: string) => ec2Faults({ errors: [{ action: 'RunInstances', code }] });
const made = async () => Number((await sql('SELECT count(*) AS n FROM workspaces'))[0]?.['n']);

describe('POST /workspaces with an Idempotency-Key', () => {
  it('answers the same workspace again, and says so', async () => {
    const key = randomUUID();
    const first = await create(key);
    const again = await create(key);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(await instancesOf(first.body.id)).toHaveLength(1);
  });

  it('gives an external workspace its token again, which is not kept', async () => {
    const key = randomUUID();
    const first = await create(key, { external: true });
    const again = await create(key, { external: true });
    expect(again.body).toEqual(first.body);
    expect((await register(again.body.bootstrap_token, { id: first.body.id })).status).toBe(200);
    const [kept] = await sql('SELECT response::text FROM idempotency_keys WHERE key = :key::text', { key });
    expect(kept?.['response']).not.toContain('token');
  });

  it('is 409 with another body, and makes nothing', async () => {
    const key = randomUUID();
    await create(key);
    const before = await made();
    expect(await create(key, { name: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_key_conflict' },
    });
    expect(await made()).toBe(before);
  });

  it('is 409 with Retry-After 2 while the first is answered, of which exactly one acts', async () => {
    const key = randomUUID();
    const before = await made();
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(key)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(answer).toMatchObject({
        status: 409,
        body: { code: 'idempotency_key_in_progress', retry_after_seconds: 2 },
      });
    }
    expect(await made()).toBe(before + 1);
  });

  it.each([
    ['capacity', 'InsufficientInstanceCapacity', 503],
    ['rights', 'UnauthorizedOperation', 502],
    ['an answer', 'InternalError', 503],
  ])(
    'after a refusal for want of %s brings the same workspace, working',
    async (_, code, status) => {
      const key = randomUUID();
      const before = await made();
      await refuse(code);
      const refused = await create(key);
      expect(refused.status).toBe(status);
      await ec2Faults({});
      // What EC2 did not say is looked for when its answers have settled.
      await sql(`UPDATE workspaces SET ec2_next_at = clock_timestamp() WHERE ec2_op IS NOT NULL AND id = :id::uuid`, {
        id: refused.body.workspace_id,
      });
      const again = await create(key);
      expect(again).toMatchObject({ status: 201, body: { id: refused.body.workspace_id, status: 'provisioning' } });
      expect(again.headers).not.toHaveProperty('idempotent-replayed');
      expect(await instancesOf(again.body.id)).toMatchObject([{ id: again.body.instance_id }]);
      expect(await owedOf(again.body.id)).toMatchObject({ op: null, instance_id: again.body.instance_id });
      expect(await made()).toBe(before + 1);
    },
    30_000,
  );

  it('is 503 where the template cannot be read for the repeated call, and works the time after', async () => {
    const key = randomUUID();
    await refuse('InsufficientInstanceCapacity');
    const { body } = await create(key);
    await ec2Faults({ errors: [{ action: 'DescribeLaunchTemplateVersions', code: 'InternalError' }] });
    expect(await create(key)).toMatchObject({ status: 503, body: { code: 'provision_failed' } });
    expect(await owedOf(body.workspace_id)).toMatchObject({ status: 'provisioning', op: 'launch', leased: null });
    await ec2Faults({});
    await sql('UPDATE workspaces SET ec2_next_at = clock_timestamp() WHERE id = :id::uuid', { id: body.workspace_id });
    expect(await create(key)).toMatchObject({ status: 201, body: { id: body.workspace_id } });
  }, 30_000);

  it('remembers a refusal that is the request’s own fault', async () => {
    const key = randomUUID();
    const body = { launch: { launch_template_id: 'lt-0000000000000dead' } };
    expect(await create(key, body)).toMatchObject({ status: 422, body: { code: 'invalid_launch' } });
    const again = await create(key, body);
    expect(again).toMatchObject({ status: 422, body: { errors: [{ field: 'launch.launch_template_id' }] } });
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  });

  it('that is 24 hours old makes another workspace', async () => {
    const key = randomUUID();
    const first = await create(key);
    const [row] = await sql(
      `SELECT extract(epoch FROM expires_at - created_at)::integer AS kept FROM idempotency_keys WHERE key = :key::text`,
      { key },
    );
    expect(row).toEqual({ kept: 24 * 3600 });
    await sql(`UPDATE idempotency_keys SET expires_at = clock_timestamp() WHERE key = :key::text`, { key });
    const later = await create(key);
    expect(later.status).toBe(201);
    expect(later.body.id).not.toBe(first.body.id);
  });

  it('of a workspace that was removed meanwhile is 410', async () => {
    const key = randomUUID();
    await refuse('InsufficientInstanceCapacity');
    const { body } = await create(key);
    await ec2Faults({});
    await sql(
      `UPDATE workspaces SET status = 'removed', cause = '{"event":"remove","reason":"t","actor":"t"}' WHERE id = :id::uuid`,
      { id: body.workspace_id },
    );
    expect(await create(key)).toMatchObject({ status: 410, body: { code: 'workspace_removed' } });
    expect((await eventsOf(body.workspace_id)).at(-1)).toMatchObject({ to_status: 'removed' });
  });

  it('must be of 1 to 255 visible characters', async () => {
    const before = await made();
    for (const key of ['', 'x'.repeat(256), 'a\tb']) {
      const answer = await create(key);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'Idempotency-Key' }] } });
    }
    expect(await made()).toBe(before);
  });
});
