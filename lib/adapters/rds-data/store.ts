import { Unauthorized, WorkspaceHibernated, WorkspacePaused, WorkspaceRemoved } from '../../domain/errors.ts';
import { createDatabase, type Database, type DatabaseConfig } from './database.ts';
import { SqlError } from './errors.ts';
import type { Statement } from './statement.ts';
import { advanceSweep } from './statements/advance-sweep.ts';
import { claimReconcile } from './statements/claim-reconcile.ts';
import { claimSweep } from './statements/claim-sweep.ts';
import { clearDeadInstances } from './statements/clear-dead-instances.ts';
import { completeReconcile } from './statements/complete-reconcile.ts';
import { createWorkspace } from './statements/create-workspace.ts';
import { ensureEventPartitions } from './statements/ensure-event-partitions.ts';
import { expireLeases } from './statements/expire-leases.ts';
import { failLaunch } from './statements/fail-launch.ts';
import { finaliseLaunch } from './statements/finalise-launch.ts';
import { findCandidate } from './statements/find-candidate.ts';
import { finishSweep } from './statements/finish-sweep.ts';
import { flipInstances } from './statements/flip-instances.ts';
import { listEvents } from './statements/list-events.ts';
import { listOwedReconciles } from './statements/list-owed-reconciles.ts';
import { listWorkspaces } from './statements/list-workspaces.ts';
import { noteUnknownLaunch } from './statements/note-unknown-launch.ts';
import { noticeGap } from './statements/notice-gap.ts';
import { oweStart } from './statements/owe-start.ts';
import { readCandidates } from './statements/read-candidates.ts';
import { readRuntimeState } from './statements/read-runtime-state.ts';
import { readSchemaVersion } from './statements/read-schema-version.ts';
import { readWorkspace } from './statements/read-workspace.ts';
import { recordHeartbeat } from './statements/record-heartbeat.ts';
import { recordLivenessRun } from './statements/record-liveness-run.ts';
import { recordRegister } from './statements/record-register.ts';
import { storePlan } from './statements/store-plan.ts';

/** What the voice routines raise, so that all they had written is taken back. The message is the status. */
const VOICE_REFUSALS: Readonly<Record<string, (message: string, cause: SqlError) => Error>> = {
  MU409: (message, cause) =>
    /hibernated/.test(message)
      ? new WorkspaceHibernated('the workspace is hibernated', { cause })
      : new WorkspacePaused('the workspace is paused', { cause }),
  MU410: (_, cause) => new WorkspaceRemoved('the workspace is removed', { cause }),
};

/**
 * The registry's store: one method a statement, each throwing StoreUnavailable when the database cannot be asked. Each
 * use case declares the part of it that it needs as its own port.
 */
export function createStore(database: Database) {
  const many =
    <Input, Row>(statement: Statement<Input, Row>) =>
    (input: Input) =>
      database.run(statement, input);
  const one =
    <Input, Row>(statement: Statement<Input, Row>) =>
    async (input: Input) =>
      (await database.run(statement, input))[0];
  /** For statements that always answer one row. */
  const only =
    <Input, Row>(statement: Statement<Input, Row>) =>
    async (input: Input) => {
      const [row] = await database.run(statement, input);
      if (row === undefined) throw new Error('a statement that always answers a row answered none');
      return row;
    };
  /** For the two voice routines: their refusals are errors. */
  const voice =
    <Input, Answer extends object>(statement: Statement<Input, { answer: Answer | { refused: 'unauthorized' } }>) =>
    async (input: Input): Promise<Answer> => {
      try {
        const { answer } = await only(statement)(input);
        if ('refused' in answer) throw new Unauthorized('no row has this token');
        return answer;
      } catch (error) {
        const refusal = error instanceof SqlError ? VOICE_REFUSALS[error.sqlState] : undefined;
        throw refusal !== undefined && error instanceof SqlError ? refusal(error.message, error) : error;
      }
    };

  return {
    recordHeartbeat: voice(recordHeartbeat),
    recordRegister: voice(recordRegister),
    readRuntimeState: one(readRuntimeState),
    createWorkspace: only(createWorkspace),
    finaliseLaunch: one(finaliseLaunch),
    failLaunch: one(failLaunch),
    noteUnknownLaunch: one(noteUnknownLaunch),
    listWorkspaces: many(listWorkspaces),
    readWorkspace: one(readWorkspace),
    listEvents: many(listEvents),
    claimReconcile: one(claimReconcile),
    storePlan: one(storePlan),
    completeReconcile: one(completeReconcile),
    listOwedReconciles: many(listOwedReconciles),
    claimSweep: one(claimSweep),
    advanceSweep: one(advanceSweep),
    finishSweep: one(finishSweep),
    readCandidates: many(readCandidates),
    findCandidate: one(findCandidate),
    flipInstances: many(flipInstances),
    oweStart: many(oweStart),
    clearDeadInstances: many(clearDeadInstances),
    noticeGap: only(noticeGap),
    ensureEventPartitions: only(ensureEventPartitions),
    expireLeases: many(expireLeases),
    recordLivenessRun: only(recordLivenessRun),
    readSchemaVersion: only(readSchemaVersion),
  };
}

/** The store of the registry in this database. */
export function openStore(config: DatabaseConfig) {
  return createStore(createDatabase(config));
}
