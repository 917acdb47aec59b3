import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handler as commandsHandler } from '../../../functions/commands/index.ts';
import type { Status } from '../../../lib/domain/status.ts';
import { httpEvent } from '../../support/events.ts';
import { eventsOf, makeWorkspace, rowOf } from '../../support/registry.ts';
import { call } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { order, writtenOf } from './ordering.ts';

const TARGETS: Readonly<Record<string, Status>> = {
  restart: 'provisioning',
  pause: 'paused',
  resume: 'provisioning',
  hibernate: 'hibernated',
  wake: 'provisioning',
  remove: 'removed',
};

/** done: 202 and moved. same: 202 and nothing written. The rest are the codes of refusals. */
const ANSWERS: Readonly<Record<string, Readonly<Record<string, readonly Status[]>>>> = {
  restart: {
    done: ['online', 'degraded', 'offline', 'failed'],
    same: [],
    transition_not_allowed: ['provisioning', 'paused', 'hibernated'],
    workspace_removed: ['removed'],
  },
  pause: {
    done: ['provisioning', 'online', 'degraded', 'offline', 'failed'],
    same: ['paused'],
    transition_not_allowed: ['hibernated'],
    workspace_removed: ['removed'],
  },
  resume: {
    done: ['paused'],
    same: ['provisioning', 'online', 'degraded'],
    transition_not_allowed: ['offline', 'hibernated', 'failed'],
    workspace_removed: ['removed'],
  },
  hibernate: {
    done: ['online', 'degraded'],
    same: ['hibernated'],
    transition_not_allowed: ['provisioning', 'offline', 'paused', 'failed'],
    workspace_removed: ['removed'],
  },
  wake: {
    done: ['hibernated'],
    same: ['provisioning', 'online', 'degraded'],
    transition_not_allowed: ['offline', 'paused', 'failed'],
    workspace_removed: ['removed'],
  },
  remove: {
    done: ['provisioning', 'online', 'degraded', 'offline', 'paused', 'hibernated', 'failed'],
    same: ['removed'],
  },
};

const CASES = Object.entries(ANSWERS).flatMap(([command, answers]) =>
  Object.entries(answers).flatMap(([answer, statuses]) => statuses.map((status) => [command, status, answer] as const)),
);

describe('a command', () => {
  it.each(CASES)('%s in %s is %s', async (command, status, expected) => {
    const made = await makeWorkspace({ status });
    const before = await writtenOf(made.id);
    const answer = await order(command, made.id);
    if (expected === 'done') {
      expect(answer).toMatchObject({ status: 202, body: { id: made.id, status: TARGETS[command], changed: true } });
      expect((await eventsOf(made.id)).at(-1)).toMatchObject({
        event: command,
        from_status: status,
        to_status: TARGETS[command],
        reason: command,
        actor: 'operator',
        evidence: '{}',
      });
      return;
    }
    if (expected === 'same') expect(answer).toMatchObject({ status: 202, body: { status, changed: false } });
    else
      expect(answer).toMatchObject({ status: expected === 'workspace_removed' ? 410 : 409, body: { code: expected } });
    expect(await writtenOf(made.id)).toEqual(before);
  });

  it('that is refused says which ones the status allows', async () => {
    const { id } = await makeWorkspace({ status: 'paused' });
    expect((await order('hibernate', id)).body).toMatchObject({ allowed: ['resume', 'remove'] });
  });

  it.each(['restart', 'pause', 'resume', 'hibernate', 'wake', 'remove', 'reissue-token'])(
    '%s of an unknown id is 404, of what is no id 400, and with a misspelt option 400',
    async (command) => {
      expect(await order(command, randomUUID())).toMatchObject({ status: 404, body: { code: 'workspace_not_found' } });
      expect(await order(command, '17')).toMatchObject({ status: 400, body: { errors: [{ field: 'id' }] } });
      const { id } = await makeWorkspace({ status: 'online' });
      const before = await writtenOf(id);
      const misspelt = await order(command, id, { repalce: 'true' });
      expect(misspelt).toMatchObject({ status: 400, body: { errors: [{ field: 'query' }] } });
      expect(await writtenOf(id)).toEqual(before);
    },
  );

  it('takes replace only with restart, and only as true or false', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    expect(await order('restart', id, { replace: '1' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'replace' }] },
    });
    expect((await order('pause', id, { replace: 'true' })).status).toBe(400);
    expect(await rowOf(id)).toMatchObject({ status: 'online' });
  });

  it('names the IAM principal and the request that it came with', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const event = httpEvent('POST /workspaces/{id}/pause', { id });
    const authorizer = { iam: { userArn: 'arn:aws:iam::1:user/ann' } };
    const signed = { ...event, requestContext: { ...event.requestContext, authorizer } };
    expect((await call(commandsHandler, signed)).status).toBe(202);
    const [row] = await sql(
      `SELECT actor, request_id FROM workspace_events WHERE workspace_id = :id::uuid AND event = 'pause'`,
      { id },
    );
    expect(row).toEqual({ actor: 'operator:arn:aws:iam::1:user/ann', request_id: event.requestContext.requestId });
  });
});

describe('a restart of what is provisioning', () => {
  const restarted = async (query?: Record<string, string>) => {
    const made = await makeWorkspace({ status: 'online' });
    await order('restart', made.id, query);
    return { id: made.id, before: await writtenOf(made.id) };
  };

  it('is done already where a restart brought it there', async () => {
    const { id, before } = await restarted();
    expect(await order('restart', id)).toMatchObject({
      status: 202,
      body: { owed_operation: 'reboot', changed: false },
    });
    expect(await writtenOf(id)).toEqual(before);
  });

  it('is refused where only a replacement was asked for now', async () => {
    const { id, before } = await restarted();
    expect(await order('restart', id, { replace: 'true' })).toMatchObject({
      status: 409,
      body: { code: 'transition_not_allowed', allowed: ['pause', 'remove'] },
    });
    expect(await writtenOf(id)).toEqual(before);
  });

  it('is done already where the replacement is what is owed', async () => {
    const { id, before } = await restarted({ replace: 'true' });
    expect(await order('restart', id, { replace: 'true' })).toMatchObject({ status: 202, body: { changed: false } });
    expect(await writtenOf(id)).toEqual(before);
  });
});
