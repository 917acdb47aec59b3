import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createDeclare } from '../../../functions/declaration/declare.ts';
import type { WriteDeclarationInput } from '../../../lib/domain/declaration/declared.ts';
import { eventsOf, makeWorkspace, store, transition } from '../../support/registry.ts';
import { shared } from '../../support/shared.ts';
import { DRY_RUN, declared, FORCE, owedBy, plugin, put, read, rowsOfWorkspace, written } from './declaring.ts';

const faults = (body: Record<string, unknown>) =>
  fetch(`${shared.now.dataApiUrl}/_control/faults`, { method: 'POST', body: JSON.stringify(body) });

afterEach(async () => {
  await faults({});
});

const WRITE = 'INSERT INTO declarations';

const declaredEvents = async (id: string) => (await eventsOf(id)).filter(({ event }) => event === 'declared');

describe('a declaration whose answer is lost after the commit', () => {
  it.each([{ times: 1 }, { times: 2 }, { times: 1, status: 500 }, { times: 2, status: 503 }])(
    '(%o) is sent again, is written once, and is answered as if nothing had happened',
    async (loseAnswer) => {
      const { id } = await makeWorkspace({ status: 'online' });
      await declared(id, plugin('a'));
      const invoked = shared.now.lambda.invocations.length;
      await faults({ loseAnswer: { ...loseAnswer, matching: WRITE } });
      const { status, body, headers } = await put(id, { plugins: [plugin('b')] }, FORCE);
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { version: 2, applied: true, force_required: true, diff: { destructive: [{ plugin: 'a' }] } },
      });
      expect(headers).toMatchObject({ etag: '"2"' });
      expect(await declaredEvents(id)).toHaveLength(2);
      expect(await owedBy(id)).toMatchObject({ declaration_version: 2, reconcile_wanted: 3 });
      expect(await rowsOfWorkspace(id)).toMatchObject([{ name: 'b', revision: 0 }]);
      expect(shared.now.lambda.invocations.length).toBe(invoked + 1);
    },
  );

  it('for good is 503, and the caller who sends it again finds it there', async () => {
    const { id } = await makeWorkspace();
    await faults({ loseAnswer: { times: 3, matching: WRITE } });
    expect(await put(id, { plugins: [plugin('a')] })).toMatchObject({
      status: 503,
      body: { code: 'store_unavailable' },
    });
    expect(await put(id, { plugins: [plugin('a')] })).toMatchObject({
      status: 200,
      body: { version: 1, applied: false, diff: { already_present: ['a'] } },
    });
    expect(await declaredEvents(id)).toHaveLength(1);
  });
});

describe('a declaration that is sent twice', () => {
  type Meanwhile = (input: WriteDeclarationInput) => Promise<unknown>;

  /** PUT by a function whose first sending is committed and lost; `meanwhile` happens before its second one. */
  const sentTwice = (workspaceId: string, names: readonly string[], meanwhile: Meanwhile) => {
    const asked: string[] = [];
    const declare = createDeclare({
      store: {
        ...store,
        writeDeclaration: async (input) => {
          await store.writeDeclaration(input);
          await meanwhile(input);
          return store.writeDeclaration(input);
        },
      },
      reconcile: { request: async (id) => void asked.push(id) },
    });
    const document = { plugins: names.map((name) => plugin(name)) };
    const by = { actor: 'operator', requestId: randomUUID() };
    return declare({ workspaceId, document, dryRun: false, force: true, versions: null, ...by }).then((answer) => ({
      answer,
      asked,
    }));
  };

  it('finds its own version, also when another one has come after it', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const { answer, asked } = await sentTwice(id, ['a'], () => put(id, { plugins: [plugin('a'), plugin('b')] }));
    expect(answer).toMatchObject({ version: 1, applied: true });
    expect(asked).toEqual([id]);
    expect((await read(id)).body).toMatchObject({ version: 2, plugins: [{ name: 'a' }, { name: 'b' }] });
    expect(await declaredEvents(id)).toHaveLength(2);
  });

  it('finds its own version, also when the workspace was removed after it', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const { answer, asked } = await sentTwice(id, ['a'], () => transition(id, 'remove', 'removed', 'terminate'));
    expect(answer).toMatchObject({ version: 1, applied: true });
    expect(asked).toEqual([]);
  });
});

describe('a declaration that is never executed', () => {
  it.each([{}, FORCE, DRY_RUN])('is 503, and nothing is written (%o)', async (options) => {
    const { id } = await makeWorkspace();
    await declared(id, plugin('a'));
    const before = await written();
    await faults({ failBeforeExecution: { status: 503 } });
    expect(await put(id, { plugins: [plugin('a'), plugin('b')] }, options)).toMatchObject({
      status: 503,
      body: { code: 'store_unavailable', retry_after_seconds: 5 },
    });
    await faults({});
    expect(await written()).toBe(before);
  });

  it('at its first try is sent again', async () => {
    const { id } = await makeWorkspace();
    await faults({ failBeforeExecution: { status: 500, times: 1 } });
    expect(await put(id, { plugins: [plugin('a')] })).toMatchObject({
      status: 200,
      body: { version: 1, applied: true },
    });
    expect(await owedBy(id)).toMatchObject({ declaration_version: 1, reconcile_wanted: 1 });
  });
});

it('a declaration is two calls of the Data API, and a preview or an identical one is one', async () => {
  const { id } = await makeWorkspace({ status: 'online' });
  const callsOf = async (work: () => Promise<unknown>) => {
    await fetch(`${shared.now.dataApiUrl}/_control/calls`, { method: 'DELETE' });
    await work();
    return (await fetch(`${shared.now.dataApiUrl}/_control/calls`)).json();
  };
  const document = { plugins: [plugin('a')] };
  expect(await callsOf(() => put(id, document, DRY_RUN))).toEqual({ ExecuteStatement: 1 });
  expect(await callsOf(() => put(id, document))).toEqual({ ExecuteStatement: 2 });
  expect(await callsOf(() => put(id, document))).toEqual({ ExecuteStatement: 1 });
});
