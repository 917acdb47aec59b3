import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ActiveTasks, InvalidLaunch, ProvisionFailed, StoreUnavailable } from '../../../lib/domain/errors.ts';
import { createIdempotent, type IdempotencyStore } from '../../../lib/domain/idempotency.ts';
import { store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

type Act = Parameters<ReturnType<typeof idempotent>>[2];

const bodySchema = z.object({ id: z.uuid() });
const REQUEST = { name: 'n', labels: { a: '1', b: '2' }, list: [1, 2] };
const acted: { workspaceId: string; resumed: boolean }[] = [];
const reports: string[] = [];
let key: string;

beforeEach(() => {
  key = randomUUID();
  acted.length = 0;
  reports.length = 0;
});

const idempotent = (overrides: Partial<IdempotencyStore> = {}) =>
  createIdempotent({
    store: { ...store, ...overrides },
    body: bodySchema,
    report: (message) => void reports.push(message),
  });
const run = idempotent();

const making: Act = async (workspaceId, resumed) => {
  acted.push({ workspaceId, resumed });
  return { status: 201, body: { id: workspaceId } };
};
const failing =
  (error: Error): Act =>
  async (workspaceId, resumed) => {
    acted.push({ workspaceId, resumed });
    throw error;
  };

describe('without a key', () => {
  it('each call makes a workspace of its own', async () => {
    const one = await run(null, REQUEST, making);
    const other = await run(null, REQUEST, making);
    expect(one).toEqual({ status: 201, body: { id: acted[0]?.workspaceId }, replayed: false });
    expect(other.body.id).not.toBe(one.body.id);
    expect(acted.map(({ resumed }) => resumed)).toEqual([false, false]);
  });
});

describe('with a key', () => {
  it('the same request is answered the same, and made once', async () => {
    const first = await run(key, REQUEST, making);
    const reordered = { list: [1, 2], labels: { b: '2', a: '1' }, name: 'n' };
    expect(first).toMatchObject({ status: 201, replayed: false });
    expect(await run(key, reordered, making)).toEqual({ ...first, replayed: true });
    expect(acted).toEqual([{ workspaceId: first.body.id, resumed: false }]);
  });

  it.each([
    ['another value', { ...REQUEST, name: 'm' }],
    ['another value further in', { ...REQUEST, labels: { a: '1', b: '3' } }],
    ['another order of a list', { ...REQUEST, list: [2, 1] }],
    ['a key less', { name: 'n', list: [1, 2] }],
  ])('a request with %s is a conflict', async (_, request) => {
    await run(key, REQUEST, making);
    await expect(run(key, request, making)).rejects.toMatchObject({ code: 'idempotency_key_conflict' });
    expect(acted).toHaveLength(1);
  });

  it('a request beside the first is told to wait, and the first is not disturbed', async () => {
    const beside: unknown[] = [];
    const first = await run(key, REQUEST, async (...of) => {
      beside.push(await run(key, REQUEST, making).catch((error: unknown) => error));
      return making(...of);
    });
    expect(beside).toMatchObject([{ code: 'idempotency_key_in_progress' }]);
    expect(await run(key, REQUEST, making)).toEqual({ ...first, replayed: true });
  });

  it('what the caller is refused is repeated, and not tried again', async () => {
    const refusal = new InvalidLaunch('launch.subnet_id', 'name a subnet that exists', randomUUID());
    await expect(run(key, REQUEST, failing(refusal))).rejects.toBe(refusal);
    await expect(run(key, REQUEST, making)).rejects.toMatchObject({
      code: 'invalid_launch',
      details: refusal.details,
      isReplayed: true,
    });
    expect(acted).toHaveLength(1);
  });

  it.each([
    ['our own trouble', new ProvisionFailed('w', 'no instance')],
    ['a defect', new TypeError('x is not a function')],
  ])('%s is not remembered: the next call resumes the same workspace at once', async (_, error) => {
    await expect(run(key, REQUEST, failing(error))).rejects.toBe(error);
    const second = await run(key, REQUEST, making);
    expect(acted).toEqual([
      { workspaceId: second.body.id, resumed: false },
      { workspaceId: second.body.id, resumed: true },
    ]);
    expect(await run(key, REQUEST, making)).toEqual({ ...second, replayed: true });
  });

  it('a call after a crash resumes the workspace when the hold of the first has run out', async () => {
    const crashed = idempotent({ keepAnswer: async () => undefined, releaseIdempotencyKey: async () => undefined });
    await crashed(key, REQUEST, making);
    await expect(run(key, REQUEST, making)).rejects.toMatchObject({ code: 'idempotency_key_in_progress' });
    await sql(`UPDATE idempotency_keys SET held_until = now() - interval '1 s' WHERE key = :key::text`, { key });
    const second = await run(key, REQUEST, making);
    expect(acted).toEqual([
      { workspaceId: second.body.id, resumed: false },
      { workspaceId: second.body.id, resumed: true },
    ]);
  });

  it('an answer that cannot be kept is given all the same, and reported', async () => {
    const lost = () => Promise.reject(new StoreUnavailable('the database is gone'));
    const cut = idempotent({ keepAnswer: lost, releaseIdempotencyKey: lost });
    expect(await cut(key, REQUEST, making)).toMatchObject({ status: 201, replayed: false });
    const refusal = new ActiveTasks(1);
    await expect(cut(randomUUID(), REQUEST, failing(refusal))).rejects.toBe(refusal);
    const trouble = new ProvisionFailed('w', 'no instance');
    await expect(cut(randomUUID(), REQUEST, failing(trouble))).rejects.toBe(trouble);
    expect(reports).toHaveLength(3);
  });

  it('nothing is done where the key cannot be claimed', async () => {
    const cut = idempotent({ claimIdempotencyKey: () => Promise.reject(new StoreUnavailable('gone')) });
    await expect(cut(key, REQUEST, making)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(acted).toEqual([]);
  });
});
