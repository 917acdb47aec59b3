import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { commandWorkspace } from '../../../lib/adapters/rds-data/statements/command-workspace.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { writeDeclaration } from '../../../lib/adapters/rds-data/statements/write-declaration.ts';
import { classify } from '../../../lib/domain/declaration/classify.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { beatRecord } from '../../support/records.ts';
import { eventsOf, makeWorkspace, rowOf, store } from '../../support/registry.ts';
import { order } from '../operator/ordering.ts';
import { declared, FORCE, history, owedBy, plugin, put, read, rowsOfWorkspace } from './declaring.ts';

const { behind } = useConnections();

/** What twenty callers declare at once, each another plugin beside the first one. */
const CALLERS = Array.from({ length: 20 }, (_, at) => [plugin('first'), plugin(`p${at}`)]);

const declaredEvents = async (id: string) => (await eventsOf(id)).filter(({ event }) => event === 'declared');

const namesIn = (plugins: readonly { readonly name?: unknown }[]) => plugins.map(({ name }) => String(name)).sort();

/** A write of what is added to nothing, as the store takes it. */
const writeOf = (workspaceId: string, names: readonly string[]) => {
  const document = { plugins: names.map((name) => plugin(name)) };
  const diff = classify({ plugins: [] }, document);
  return {
    workspaceId,
    expected: 0,
    document,
    diff,
    forced: false,
    evidence: {},
    actor: 'operator',
    requestId: randomUUID(),
  };
};

describe('20 declarations at once', () => {
  it('with the same If-Match: one is written, and the others are 409 with its version', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    await declared(id, plugin('first'));
    const answers = await Promise.all(CALLERS.map((plugins) => put(id, { plugins }, { ifMatch: '"1"' })));
    const won = answers.flatMap(({ status, body }, at) => (status === 200 ? [{ at, body }] : []));
    expect(won).toMatchObject([{ body: { version: 2, applied: true } }]);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect({ status, body }).toMatchObject({ status: 409, body: { code: 'version_conflict', version: 2 } });
    }
    const winner = namesIn(CALLERS[won[0]?.at ?? -1] ?? []);
    expect(namesIn((await read(id)).body.plugins)).toEqual(winner);
    expect(namesIn(await rowsOfWorkspace(id))).toEqual(winner);
    expect(await declaredEvents(id)).toHaveLength(2);
    expect(await owedBy(id)).toMatchObject({ declaration_version: 2, reconcile_wanted: 3 });
  });

  it('with force and without If-Match: each is written over the version that it was classified against, or is 409', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    await declared(id, plugin('first'));
    const answers = await Promise.all(CALLERS.map((plugins) => put(id, { plugins }, FORCE)));
    const applied = answers.flatMap(({ status, body }, at) => (status === 200 ? [{ at, version: body.version }] : []));
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'version_conflict' });
    }
    applied.sort((one, other) => one.version - other.version);
    expect(applied.map(({ version }) => version)).toEqual(applied.map((_, at) => at + 2));
    const last = namesIn(CALLERS[applied.at(-1)?.at ?? -1] ?? []);
    expect(namesIn((await read(id)).body.plugins)).toEqual(last);
    expect(namesIn(await rowsOfWorkspace(id))).toEqual(last);
    expect(await owedBy(id)).toMatchObject({
      declaration_version: applied.length + 1,
      reconcile_wanted: applied.length + 2,
    });
    const { items } = (await history(id)).body;
    expect(items).toHaveLength(applied.length + 1);
    // Each diff is that of its version and the one before: what was there is taken away, and nothing is overlooked.
    for (const { at, version } of applied) {
      const { diff } = (await read(id, { version: String(version) })).body;
      expect(diff.additive.map((change: { plugin: string }) => change.plugin)).toEqual([`p${at}`]);
      expect(diff.destructive).toHaveLength(version === 2 ? 0 : 1);
    }
  });

  it('without force: none is applied over what it would take away unseen', async () => {
    const { id } = await makeWorkspace();
    const answers = await Promise.all(CALLERS.map((plugins) => put(id, { plugins })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect({ status, code: body.code }).toEqual({
        status: 409,
        code: expect.stringMatching(/^(version_conflict|force_required)$/),
      });
    }
    expect(await owedBy(id)).toMatchObject({ declaration_version: 1 });
  });
});

describe('a declaration that waits', () => {
  it('behind another one writes nothing, and is 409: no plugin of it stays', async () => {
    const { id } = await makeWorkspace();
    const late = await behind(
      (transactionId) => database.run(writeDeclaration, writeOf(id, ['theirs']), transactionId),
      () => put(id, { plugins: [plugin('ours')] }),
    );
    expect(late).toMatchObject({ status: 409, body: { code: 'version_conflict', version: 1 } });
    expect(namesIn(await rowsOfWorkspace(id))).toEqual(['theirs']);
    expect(await declaredEvents(id)).toHaveLength(1);
    expect(await owedBy(id)).toMatchObject({ declaration_version: 1, reconcile_wanted: 1 });
  });

  it('behind a removal is 410, and writes nothing', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const removal = { workspaceId: id, command: 'remove', replace: false, actor: 'operator', requestId: 'r' } as const;
    const late = await behind(
      (transactionId) => database.run(commandWorkspace, removal, transactionId),
      () => put(id, { plugins: [plugin('ours')] }),
    );
    expect(late).toMatchObject({ status: 410, body: { code: 'workspace_removed' } });
    expect(await rowsOfWorkspace(id)).toEqual([]);
    expect(await owedBy(id)).toMatchObject({ declaration_version: 0, reconcile_wanted: 1 });
  });

  it('behind a beat that moves the status is written', async () => {
    const { id } = await makeWorkspace();
    const late = await behind(
      (transactionId) => database.run(recordHeartbeat, beatRecord(id, { error_rate: 0.9 }), transactionId),
      () => put(id, { plugins: [plugin('ours')] }),
    );
    expect(late).toMatchObject({ status: 200, body: { version: 1, applied: true } });
    expect(await rowOf(id)).toMatchObject({ status: 'degraded', reconcile_wanted: 2 });
  });

  it('behind an earlier sending of itself writes nothing more', async () => {
    const { id } = await makeWorkspace();
    const same = writeOf(id, ['ours']);
    const late = await behind(
      (transactionId) => database.run(writeDeclaration, same, transactionId),
      () => store.writeDeclaration(same),
    );
    expect(late).toBeUndefined();
    expect(await store.writeDeclaration(same)).toBeUndefined();
    expect(await declaredEvents(id)).toHaveLength(1);
    expect(await owedBy(id)).toMatchObject({ declaration_version: 1, reconcile_wanted: 1 });
  });
});

it('declarations and a removal at once: what was taken before it stays, what comes after is 410', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { id } = await makeWorkspace({ status: 'online' });
    const [first, removed, second] = await Promise.all([
      put(id, { plugins: [plugin('a')] }, FORCE),
      order('remove', id),
      put(id, { plugins: [plugin('a'), plugin('b')] }, FORCE),
    ]);
    expect(removed.status).toBe(202);
    const puts = [first, second];
    for (const { status, body } of puts) {
      expect([200, 'version_conflict', 'workspace_removed']).toContain(status === 200 ? 200 : body.code);
    }
    expect(await owedBy(id)).toMatchObject({ declaration_version: puts.filter(({ status }) => status === 200).length });
    expect(await rowOf(id)).toMatchObject({ status: 'removed' });
    expect(namesIn(await rowsOfWorkspace(id))).toEqual(namesIn((await read(id)).body.plugins));
  }
});
