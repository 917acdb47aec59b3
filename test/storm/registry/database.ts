import { Pool } from 'pg';
import { z } from 'zod';
import { AGE, HASTEN } from './ageing.ts';
import { eventRow, READ_EVENTS, READ_ROWS, type RegistryEvent, type RegistryRow, registryRow } from './records.ts';

/** Seconds after which a runtime that beats every 15 s is taken for silent, and a boot for hung. */
const SILENT_SECONDS = 45;

/** The registry's rows as they are, beside the Data API and its faults. */
export type Database = {
  /** Of the workspace with this number in the plan. */
  idOf(workspace: number): Promise<string | undefined>;
  instanceOf(workspaceId: string): Promise<string | null>;
  rows(): Promise<RegistryRow[]>;
  /** Every event, in the order of writing; of one workspace where an id is given. */
  events(workspaceId: string | null): Promise<RegistryEvent[]>;
  registryId(): Promise<string>;
  /** Lets the time come for what waits to ask EC2 again. */
  hasten(): Promise<void>;
  /** Lets the time run out for what waits for minutes. */
  age(): Promise<void>;
  end(): Promise<void>;
};

/** @param url postgres://… */
export function openDatabase(url: string): Database {
  const pool = new Pool({ connectionString: url, max: 4 });
  const read = async <Row extends z.ZodType>(row: Row, sql: string, values: readonly unknown[] = []) =>
    z.array(row).parse((await pool.query(sql, [...values])).rows);
  return {
    async idOf(workspace) {
      const sql = `SELECT id FROM workspaces WHERE labels ->> 'storm' = $1`;
      const [found] = await read(z.object({ id: z.uuid() }), sql, [String(workspace)]);
      return found?.id;
    },
    async instanceOf(workspaceId) {
      const row = z.object({ instance_id: z.string().nullable() });
      const [found] = await read(row, 'SELECT instance_id FROM workspaces WHERE id = $1', [workspaceId]);
      return found?.instance_id ?? null;
    },
    rows: () => read(registryRow, READ_ROWS),
    events: (workspaceId) => read(eventRow, READ_EVENTS, [workspaceId]),
    async registryId() {
      const [identity] = await read(z.object({ id: z.uuid() }), 'SELECT id FROM registry_identity');
      if (identity === undefined) throw new Error('The registry has no identity');
      return identity.id;
    },
    async hasten() {
      await pool.query(HASTEN);
    },
    async age() {
      await pool.query(HASTEN);
      await pool.query(AGE, [SILENT_SECONDS]);
    },
    end: () => pool.end(),
  };
}
