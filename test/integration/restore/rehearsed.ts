import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { handler as commandsHandler } from '../../../functions/commands/index.ts';
import { handler as livenessHandler } from '../../../functions/liveness/index.ts';
import { converge, createLaunched, instancesOf } from '../../support/converge.ts';
import { dropPool } from '../../support/database.ts';
import { httpEvent, lambdaContext } from '../../support/events.ts';
import { makeWorkspace, tokens } from '../../support/registry.ts';
import { call, heartbeat, register } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';
import { sweepOnce } from '../../support/sweep.ts';
import { runOrphans } from '../orphans/run-orphans.ts';

const { databaseName, postgres, owner } = shared.now;
const BACKUP = `${databaseName}_backup`;

/** Takes this file's database away and puts its backup back, for the test file that calls this. */
export function useBackup() {
  const admin = new pg.Client({ ...postgres, database: 'postgres' });
  beforeAll(() => admin.connect());
  afterAll(async () => {
    await admin.query(`DROP DATABASE IF EXISTS ${BACKUP} WITH (FORCE)`);
    await admin.end();
  });
  return {
    async backUp() {
      await dropPool();
      await admin.query(`DROP DATABASE IF EXISTS ${BACKUP} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${BACKUP} TEMPLATE ${databaseName} OWNER ${owner.user}`);
    },
    /** The backup is an hour old by then, and so is every time in it. */
    async restore() {
      await dropPool();
      await admin.query(`DROP DATABASE ${databaseName} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${databaseName} TEMPLATE ${BACKUP} OWNER ${owner.user}`);
      await letAnHourPass();
    },
  };
}

async function letAnHourPass(): Promise<void> {
  const back = (...columns: string[]) =>
    columns.map((column) => `${column} = ${column} - interval '1 hour'`).join(', ');
  await sql(`UPDATE sweep_state SET ${back('fence_until', 'grace_until', 'swept_at', 'liveness_at')}`);
  await sql(
    `UPDATE heartbeats SET ${back('last_heartbeat_at', 'lease_until', 'bootstrap_until', 'bootstrap_opened_at', 'busy_at')}`,
  );
  await sql(
    `UPDATE workspaces SET ${back('status_since', 'launched_at', 'boot_asked_at', 'ec2_op_asked_at', 'ec2_next_at', 'ec2_settles_at')}`,
  );
}

/** One turn of all schedules, in the order in which they come to run. */
export async function turn(order: readonly Schedule[] = ['sweep', 'orphans', 'liveness', 'converge']) {
  for (const schedule of order) await SCHEDULES[schedule]();
}

const SCHEDULES = {
  sweep: () => sweepOnce(),
  orphans: () => runOrphans(),
  liveness: () => livenessHandler({ 'detail-type': 'Scheduled Event' }, lambdaContext()),
  converge: () => converge(null),
} as const;

export type Schedule = keyof typeof SCHEDULES;

/** What an operator orders through the API. */
export async function order(id: string, command: string) {
  const event = httpEvent(command === 'remove' ? 'DELETE /workspaces/{id}' : `POST /workspaces/{id}/${command}`, {
    id,
  });
  const answer = await call(commandsHandler, event);
  if (answer.status !== 202) throw new Error(JSON.stringify(answer));
  return answer.body;
}

/** A runtime as the agent is one: it keeps its newest runtime token and the bootstrap token that its launch gave it. */
export class Runtime {
  readonly id: string;
  readonly #bootstrap: string;
  readonly #boot = randomUUID();
  #token: string | undefined;

  constructor(id: string, bootstrap: string) {
    this.id = id;
    this.#bootstrap = bootstrap;
  }

  /** An operator has put another token into its place. */
  give(token: string): void {
    this.#token = token;
  }

  /** Beats; refused, it registers with what it has, and beats again. Answers the status of the last call. */
  async speak(): Promise<number | undefined> {
    const status = this.#token === undefined ? 401 : (await heartbeat(this.#token, this.id)).status;
    if (status !== 401) return status;
    for (const token of [this.#token, this.#bootstrap]) {
      if (token === undefined) continue;
      const answer = await register(token, { id: this.id, boot_id: this.#boot });
      if (answer.status !== 200) continue;
      this.#token = answer.body.auth_token;
      return (await heartbeat(answer.body.auth_token, this.id)).status;
    }
    return 401;
  }
}

/** The runtime on the instance of a generation. */
export async function runtimeOf(id: string, gen = 1): Promise<Runtime> {
  return new Runtime(id, await tokens.sign({ sub: id, gen, ver: 1, kind: 'bootstrap' }));
}

/** A workspace that is online on a real instance. */
export async function onlineOne(body: Record<string, unknown> = {}): Promise<Runtime> {
  const { id } = await createLaunched(body);
  const runtime = await runtimeOf(id);
  await runtime.speak();
  return runtime;
}

/** A workspace outside of EC2, which is given its tokens by hand. */
export async function externalOne(): Promise<Runtime> {
  const { id } = await makeWorkspace({ launch: null, restartPolicy: 'never' });
  await sql('UPDATE workspaces SET instance_id = NULL WHERE id = :id::uuid', { id });
  const runtime = await runtimeOf(id);
  await runtime.speak();
  return runtime;
}

export const latestOf = async (id: string) => (await instancesOf(id)).at(-1);
