import { Unauthorized, WorkspaceHibernated, WorkspacePaused, WorkspaceRemoved } from '../../domain/errors.ts';
import type { NoteHintInput } from '../../domain/hint.ts';
import type { HeartbeatRecord, RegisterRecord } from '../../domain/voice.ts';
import { createDataApiClient, createDatabase, type Database, type DatabaseConfig } from './database.ts';
import { SqlError } from './errors.ts';
import type { Statement } from './statement.ts';
import { adoptInstance } from './statements/adopt-instance.ts';
import { advanceSweep } from './statements/advance-sweep.ts';
import { askOperations } from './statements/ask-operations.ts';
import { askTerminations } from './statements/ask-terminations.ts';
import { beginLaunch } from './statements/begin-launch.ts';
import { catchUpToken } from './statements/catch-up-token.ts';
import { claimArchive } from './statements/claim-archive.ts';
import { claimHints } from './statements/claim-hints.ts';
import { claimIdempotencyKey } from './statements/claim-idempotency-key.ts';
import { claimOperations } from './statements/claim-operations.ts';
import { claimOf, claimReconcile } from './statements/claim-reconcile.ts';
import { claimSweep } from './statements/claim-sweep.ts';
import { clearDeadInstances } from './statements/clear-dead-instances.ts';
import { commandWorkspace } from './statements/command-workspace.ts';
import { completeReconcile } from './statements/complete-reconcile.ts';
import { countEvents } from './statements/count-events.ts';
import { createWorkspace } from './statements/create-workspace.ts';
import { disownInstance } from './statements/disown-instance.ts';
import { dropArchivedMonth } from './statements/drop-archived-month.ts';
import { ensureEventPartitions } from './statements/ensure-event-partitions.ts';
import { expireBoots } from './statements/expire-boots.ts';
import { expireLeases } from './statements/expire-leases.ts';
import { failLaunch } from './statements/fail-launch.ts';
import { finaliseLaunch } from './statements/finalise-launch.ts';
import { findCandidates } from './statements/find-candidates.ts';
import { finishArchive } from './statements/finish-archive.ts';
import { finishSweep } from './statements/finish-sweep.ts';
import { flipAbsent } from './statements/flip-absent.ts';
import { flipInstances } from './statements/flip-instances.ts';
import { forgetAbsences } from './statements/forget-absences.ts';
import { forgetSightings } from './statements/forget-sightings.ts';
import { hastenOperations } from './statements/hasten-operations.ts';
import { hibernateIdle } from './statements/hibernate-idle.ts';
import { holdSilence } from './statements/hold-silence.ts';
import { keepAnswer } from './statements/keep-answer.ts';
import { listArchivableMonths } from './statements/list-archivable-months.ts';
import { listDeclarations } from './statements/list-declarations.ts';
import { listEvents } from './statements/list-events.ts';
import { listOwedReconciles } from './statements/list-owed-reconciles.ts';
import { listWorkspaces } from './statements/list-workspaces.ts';
import { measureFleet } from './statements/measure-fleet.ts';
import { noteAbsences } from './statements/note-absences.ts';
import { noteHint } from './statements/note-hint.ts';
import { noteOrphans } from './statements/note-orphans.ts';
import { noteUnknownLaunch } from './statements/note-unknown-launch.ts';
import { noticeGap } from './statements/notice-gap.ts';
import { oweImpaired } from './statements/owe-impaired.ts';
import { oweStart } from './statements/owe-start.ts';
import { purgeHints } from './statements/purge-hints.ts';
import { purgeIdempotencyKeys } from './statements/purge-idempotency-keys.ts';
import { purgeInstalledPlugins } from './statements/purge-installed-plugins.ts';
import { purgePlans } from './statements/purge-plans.ts';
import { purgeSightings } from './statements/purge-sightings.ts';
import { readAbsences } from './statements/read-absences.ts';
import { readCandidates } from './statements/read-candidates.ts';
import { readDeclaration } from './statements/read-declaration.ts';
import { diffIn, readDeclarationDiff } from './statements/read-declaration-diff.ts';
import { readDueOperation } from './statements/read-due-operation.ts';
import { readEventLines } from './statements/read-event-lines.ts';
import { readOwners } from './statements/read-owners.ts';
import { actionsIn, readPlan } from './statements/read-plan.ts';
import { readRegistry } from './statements/read-registry.ts';
import { readRuntimeState } from './statements/read-runtime-state.ts';
import { readSchemaVersion } from './statements/read-schema-version.ts';
import { readStanding } from './statements/read-standing.ts';
import { readWorkspace } from './statements/read-workspace.ts';
import { recordArchivedEvents } from './statements/record-archived-events.ts';
import { recordHeartbeat } from './statements/record-heartbeat.ts';
import { recordLivenessRun } from './statements/record-liveness-run.ts';
import { recordRegister } from './statements/record-register.ts';
import { recordSightings } from './statements/record-sightings.ts';
import { reissueToken } from './statements/reissue-token.ts';
import { releaseHints } from './statements/release-hints.ts';
import { releaseIdempotencyKey } from './statements/release-idempotency-key.ts';
import { replaceInterrupted } from './statements/replace-interrupted.ts';
import { resetAttempts } from './statements/reset-attempts.ts';
import { resumeHeld } from './statements/resume-held.ts';
import { settleHints } from './statements/settle-hints.ts';
import { settleOperations } from './statements/settle-operations.ts';
import { settlePrevious } from './statements/settle-previous.ts';
import { spendBudget } from './statements/spend-budget.ts';
import { storePlan } from './statements/store-plan.ts';
import { surveyFleet } from './statements/survey-fleet.ts';
import { takeBackPlan } from './statements/take-back-plan.ts';
import { takeHints } from './statements/take-hints.ts';
import { takeLaunchSlot } from './statements/take-launch-slot.ts';
import { writeDeclaration } from './statements/write-declaration.ts';

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
  /**
   * For the two voice routines: their refusals are errors. One of a right token is asked again where the row was behind
   * it.
   */
  const voice =
    <Input extends Parameters<typeof catchUpToken.bind>[0], Answer extends object>(
      speak: (input: Input) => Promise<Answer | { refused: 'unauthorized' }>,
    ) =>
    async (input: Input): Promise<Answer> => {
      try {
        const first = await speak(input);
        const isBehind = 'refused' in first && (await one(catchUpToken)(input)) !== undefined;
        const answer = isBehind ? await speak(input) : first;
        if ('refused' in answer) throw new Unauthorized('no row has this token');
        return answer;
      } catch (error) {
        const refusal = error instanceof SqlError ? VOICE_REFUSALS[error.sqlState] : undefined;
        throw refusal !== undefined && error instanceof SqlError ? refusal(error.message, error) : error;
      }
    };

  return {
    recordHeartbeat: voice(async (input: HeartbeatRecord) => {
      const { answer } = await only(recordHeartbeat)(input);
      if ('refused' in answer) return answer;
      const { plan, ...recorded } = answer;
      if (plan === null) return { ...recorded, plan };
      const key = { workspaceId: input.claims.sub, planId: plan.plan_id };
      const actions = plan.actions ?? actionsIn(await database.run(readPlan, key));
      return { ...recorded, plan: actions === undefined ? null : { plan_id: plan.plan_id, actions } };
    }),
    recordRegister: voice(async (input: RegisterRecord) => (await only(recordRegister)(input)).answer),
    takeBackPlan: one(takeBackPlan),
    readRuntimeState: one(readRuntimeState),
    createWorkspace: only(createWorkspace),
    finaliseLaunch: one(finaliseLaunch),
    failLaunch: one(failLaunch),
    noteUnknownLaunch: one(noteUnknownLaunch),
    disownInstance: one(disownInstance),
    takeLaunchSlot: one(takeLaunchSlot),
    beginLaunch: one(beginLaunch),
    claimOperations: many(claimOperations),
    readDueOperation: one(readDueOperation),
    askOperations: many(askOperations),
    settleOperations: many(settleOperations),
    settlePrevious: many(settlePrevious),
    spendBudget: many(spendBudget),
    commandWorkspace: one(commandWorkspace),
    reissueToken: one(reissueToken),
    listWorkspaces: many(listWorkspaces),
    readWorkspace: one(readWorkspace),
    listEvents: many(listEvents),
    readDeclaration: one(readDeclaration),
    readDeclarationDiff: async (input: Parameters<typeof readDeclarationDiff.bind>[0]) =>
      diffIn(await database.run(readDeclarationDiff, input)),
    listDeclarations: many(listDeclarations),
    writeDeclaration: one(writeDeclaration),
    claimReconcile: async (input: Parameters<typeof claimReconcile.bind>[0]) =>
      claimOf(await database.run(claimReconcile, input)),
    storePlan: one(storePlan),
    completeReconcile: one(completeReconcile),
    listOwedReconciles: many(listOwedReconciles),
    claimSweep: one(claimSweep),
    advanceSweep: one(advanceSweep),
    finishSweep: one(finishSweep),
    readCandidates: many(readCandidates),
    findCandidates: many(findCandidates),
    noteHint: async (input: NoteHintInput) => (await only(noteHint)(input)).answer,
    claimHints: one(claimHints),
    takeHints: many(takeHints),
    replaceInterrupted: many(replaceInterrupted),
    settleHints: many(settleHints),
    releaseHints: one(releaseHints),
    hastenOperations: many(hastenOperations),
    flipInstances: many(flipInstances),
    noteAbsences: many(noteAbsences),
    readAbsences: many(readAbsences),
    readStanding: one(readStanding),
    forgetAbsences: many(forgetAbsences),
    flipAbsent: many(flipAbsent),
    oweStart: many(oweStart),
    resumeHeld: many(resumeHeld),
    clearDeadInstances: many(clearDeadInstances),
    surveyFleet: many(surveyFleet),
    holdSilence: many(holdSilence),
    noticeGap: only(noticeGap),
    ensureEventPartitions: only(ensureEventPartitions),
    expireLeases: many(expireLeases),
    oweImpaired: many(oweImpaired),
    expireBoots: many(expireBoots),
    hibernateIdle: many(hibernateIdle),
    resetAttempts: many(resetAttempts),
    purgeIdempotencyKeys: many(purgeIdempotencyKeys),
    recordLivenessRun: only(recordLivenessRun),
    measureFleet: only(measureFleet),
    readRegistry: only(readRegistry),
    readOwners: many(readOwners),
    forgetSightings: many(forgetSightings),
    recordSightings: many(recordSightings),
    adoptInstance: one(adoptInstance),
    askTerminations: many(askTerminations),
    noteOrphans: many(noteOrphans),
    readSchemaVersion: only(readSchemaVersion),
    countEvents: many(countEvents),
    claimIdempotencyKey: only(claimIdempotencyKey),
    keepAnswer: one(keepAnswer),
    releaseIdempotencyKey: one(releaseIdempotencyKey),
    claimArchive: one(claimArchive),
    finishArchive: one(finishArchive),
    listArchivableMonths: many(listArchivableMonths),
    readEventLines: many(readEventLines),
    recordArchivedEvents: only(recordArchivedEvents),
    dropArchivedMonth: only(dropArchivedMonth),
    purgePlans: many(purgePlans),
    purgeSightings: many(purgeSightings),
    purgeHints: many(purgeHints),
    purgeInstalledPlugins: many(purgeInstalledPlugins),
  };
}

/**
 * The store of the registry in this database.
 * @param tryMs milliseconds that one try of a statement may take; without it, what a caller waits for
 */
export function openStore(config: DatabaseConfig, tryMs?: number) {
  return createStore(createDatabase(config, createDataApiClient(tryMs)));
}
