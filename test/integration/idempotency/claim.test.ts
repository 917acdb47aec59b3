import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ClaimKeyInput } from '../../../lib/domain/idempotency.ts';
import { useConnections } from '../../support/locks.ts';
import { store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

const { other, untilBlocked } = useConnections();

const aClaim = (of: Partial<ClaimKeyInput> = {}): ClaimKeyInput => ({
  key: randomUUID(),
  holder: randomUUID(),
  requestSha256: 'a'.repeat(64),
  workspaceId: randomUUID(),
  holdSeconds: 30,
  ...of,
});

/** The same request by another caller, which proposes a workspace of its own. */
const again = ({ key }: ClaimKeyInput, of: Partial<ClaimKeyInput> = {}) => aClaim({ key, ...of });

const SUCCESS = { kind: 'answered', status: 201, body: { id: 'w', nested: [1, null] } } as const;
const REFUSAL = {
  kind: 'refused',
  code: 'invalid_launch',
  details: { errors: [{ field: 'f', message: 'm' }], workspace_id: 'w' },
} as const;

/** As if so much time had passed since whatever was written of this key. */
const aged = ({ key }: ClaimKeyInput, span: string) =>
  sql(
    `UPDATE idempotency_keys SET held_until = held_until - :span::text::interval,
       created_at = created_at - :span::text::interval, expires_at = expires_at - :span::text::interval
     WHERE key = :key::text`,
    { key, span },
  );

describe('a claim of an idempotency key', () => {
  it('takes a new key for the workspace that it proposes, for 24 hours', async () => {
    const claim = aClaim();
    expect(await store.claimIdempotencyKey(claim)).toEqual({
      kind: 'claimed',
      workspaceId: claim.workspaceId,
      resumed: false,
    });
    expect(
      await sql(
        `SELECT extract(epoch FROM expires_at - created_at)::integer AS kept FROM idempotency_keys WHERE key = :key::text`,
        {
          key: claim.key,
        },
      ),
    ).toEqual([{ kept: 24 * 60 * 60 }]);
  });

  it('sent twice by its holder, is the same claim', async () => {
    const claim = aClaim();
    const first = await store.claimIdempotencyKey(claim);
    expect(await store.claimIdempotencyKey(claim)).toEqual(first);
  });

  it('finds in progress what another holds', async () => {
    const claim = aClaim();
    await store.claimIdempotencyKey(claim);
    expect(await store.claimIdempotencyKey(again(claim))).toEqual({ kind: 'in_progress' });
  });

  it('is a conflict with another request, whether the first is held, released, left or answered', async () => {
    const claim = aClaim();
    const conflicting = again(claim, { requestSha256: 'b'.repeat(64) });
    await store.claimIdempotencyKey(claim);
    expect(await store.claimIdempotencyKey(conflicting)).toEqual({ kind: 'conflict' });
    await store.releaseIdempotencyKey(claim);
    expect(await store.claimIdempotencyKey(conflicting)).toEqual({ kind: 'conflict' });
    await aged(claim, '1 hour');
    expect(await store.claimIdempotencyKey(conflicting)).toEqual({ kind: 'conflict' });
    await store.keepAnswer({ ...claim, answer: SUCCESS });
    expect(await store.claimIdempotencyKey(conflicting)).toEqual({ kind: 'conflict' });
  });

  it.each([
    ['when its holder has given it back', (claim: ClaimKeyInput) => store.releaseIdempotencyKey(claim)],
    ['when its holder has not answered in its time', (claim: ClaimKeyInput) => aged(claim, '31 s')],
  ])('resumes the workspace of the first %s', async (_, letGo) => {
    const claim = aClaim();
    await store.claimIdempotencyKey(claim);
    await letGo(claim);
    const resumed = { kind: 'claimed', workspaceId: claim.workspaceId, resumed: true };
    expect(await store.claimIdempotencyKey(again(claim))).toEqual(resumed);
    expect(await store.claimIdempotencyKey(again(claim))).toEqual({ kind: 'in_progress' });
  });

  it('leaves a key with who holds it for as long as was asked', async () => {
    const claim = aClaim({ holdSeconds: 60 });
    await store.claimIdempotencyKey(claim);
    await aged(claim, '50 s');
    expect(await store.claimIdempotencyKey(again(claim))).toEqual({ kind: 'in_progress' });
  });

  it('does not lengthen the hold of another, however often it is made', async () => {
    const claim = aClaim();
    await store.claimIdempotencyKey(claim);
    await aged(claim, '20 s');
    expect(await store.claimIdempotencyKey(again(claim))).toEqual({ kind: 'in_progress' });
    await aged(claim, '11 s');
    expect(await store.claimIdempotencyKey(again(claim))).toMatchObject({ kind: 'claimed', resumed: true });
  });

  it('with another request takes nothing, so that the first resumes at once', async () => {
    const claim = aClaim();
    await store.claimIdempotencyKey(claim);
    await store.releaseIdempotencyKey(claim);
    await store.claimIdempotencyKey(again(claim, { requestSha256: 'b'.repeat(64) }));
    expect(await store.claimIdempotencyKey(again(claim))).toMatchObject({ kind: 'claimed', resumed: true });
  });

  it.each([SUCCESS, REFUSAL])('answers what was kept: $kind', async (answer) => {
    const claim = aClaim();
    await store.claimIdempotencyKey(claim);
    await store.keepAnswer({ ...claim, answer });
    expect(await store.claimIdempotencyKey(again(claim))).toEqual(answer);
    await aged(claim, '23:59:00');
    expect(await store.claimIdempotencyKey(again(claim))).toEqual(answer);
  });

  it.each(['answered', 'held', 'conflicting'])('takes an expired key as a new one: %s', async (was) => {
    const claim = aClaim();
    await store.claimIdempotencyKey({ ...claim, holdSeconds: was === 'held' ? 90_000 : 30 });
    if (was === 'answered') await store.keepAnswer({ ...claim, answer: SUCCESS });
    await aged(claim, '24 hours');
    const next = again(claim, was === 'conflicting' ? { requestSha256: 'b'.repeat(64) } : {});
    expect(await store.claimIdempotencyKey(next)).toEqual({
      kind: 'claimed',
      workspaceId: next.workspaceId,
      resumed: false,
    });
    expect(
      await sql('SELECT status_code, response FROM idempotency_keys WHERE key = :key::text', { key: next.key }),
    ).toEqual([{ status_code: null, response: null }]);
    await store.keepAnswer({ ...next, answer: REFUSAL });
    await aged(next, '23 hours');
    expect(await store.claimIdempotencyKey(next)).toEqual(REFUSAL);
  });
});

describe('of 50 racing claims', () => {
  const race = (claims: readonly ClaimKeyInput[]) =>
    Promise.all(claims.map(async (claim) => ({ claim, found: await store.claimIdempotencyKey(claim) })));

  it.each([
    ['of a new key', async () => aClaim()],
    [
      'of a key that was given back',
      async () => {
        const first = aClaim();
        await store.claimIdempotencyKey(first);
        await store.releaseIdempotencyKey(first);
        return first;
      },
    ],
    [
      'of an expired key',
      async () => {
        const first = aClaim();
        await store.claimIdempotencyKey(first);
        await store.keepAnswer({ ...first, answer: SUCCESS });
        await aged(first, '24 hours');
        return first;
      },
    ],
  ])('%s exactly one takes it', async (_, prepared) => {
    const first = await prepared();
    const found = await race(Array.from({ length: 50 }, () => again(first)));
    expect(found.filter(({ found: { kind } }) => kind === 'claimed')).toHaveLength(1);
    expect(found.filter(({ found: { kind } }) => kind === 'in_progress')).toHaveLength(49);
  });

  it('none sees less than what was committed while it waited', async () => {
    const claim = aClaim();
    await store.claimIdempotencyKey(claim);
    await other.query('BEGIN');
    await other.query(`UPDATE idempotency_keys SET status_code = 200, response = '{}' WHERE key = $1`, [claim.key]);
    const waiting = store.claimIdempotencyKey(again(claim));
    await untilBlocked();
    await other.query('COMMIT');
    expect(await waiting).toEqual({ kind: 'answered', status: 200, body: {} });
  });
});

describe('who no longer holds a key', () => {
  const taken = async () => {
    const late = aClaim();
    await store.claimIdempotencyKey(late);
    await aged(late, '31 s');
    const holder = again(late);
    await store.claimIdempotencyKey(holder);
    return { late, holder };
  };

  it('keeps no answer', async () => {
    const { late, holder } = await taken();
    expect(await store.keepAnswer({ ...late, answer: SUCCESS })).toBeUndefined();
    expect(await store.claimIdempotencyKey(again(holder))).toEqual({ kind: 'in_progress' });
  });

  it('gives nothing back', async () => {
    const { late, holder } = await taken();
    expect(await store.releaseIdempotencyKey(late)).toBeUndefined();
    expect(await store.claimIdempotencyKey(again(holder))).toEqual({ kind: 'in_progress' });
  });

  it('changes no answer that is kept', async () => {
    const claim = aClaim();
    await store.claimIdempotencyKey(claim);
    await store.keepAnswer({ ...claim, answer: SUCCESS });
    await store.keepAnswer({ ...claim, answer: REFUSAL });
    await store.releaseIdempotencyKey(claim);
    expect(await store.claimIdempotencyKey(again(claim))).toEqual(SUCCESS);
  });
});
