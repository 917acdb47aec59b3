import { setTimeout as pause } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { toPositional } from '../../../infra/local/data-api/named-parameters.ts';
import { flipInstances } from '../../../lib/adapters/rds-data/statements/flip-instances.ts';
import type { Beating } from './fleet.ts';

const DEADLOCK = '40P01';
const PAUSE_MS = 100;
const { text, names } = toPositional(flipInstances.sql);

export type Flips = { readonly flipped: number; readonly deadlocks: number };

/** Takes a part of the fleet offline after the other, as a sweep does that finds their instances terminated. */
export async function flipAll(url: string, parts: readonly (readonly Beating[])[]): Promise<Flips> {
  const client = new Client(url);
  await client.connect();
  let flipped = 0;
  let deadlocks = 0;
  for (const part of parts) {
    const bound = flipInstances.bind({
      rows: await rowsOf(client, part),
      fence: null,
      actor: 'bench',
      requestId: 'bench',
    });
    try {
      const { rowCount } = await client.query(
        text,
        names.map((name) => bound[name]),
      );
      flipped += rowCount ?? 0;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== DEADLOCK) throw error;
      deadlocks += 1;
    }
    await pause(PAUSE_MS);
  }
  await client.end();
  return { flipped, deadlocks };
}

async function rowsOf(client: Client, part: readonly Beating[]) {
  const { rows } = await client.query<{ now: string }>('SELECT now()::text AS now');
  const asked_at = rows[0]?.now ?? '';
  return part.map(({ id, instanceId }) => ({
    workspace_id: id,
    instance_id: instanceId,
    generation: 1,
    asked_at,
    event: 'instance_gone' as const,
    reason: 'instance_terminated',
    evidence: {},
    terminated: true,
    stopped_by_user: false,
  }));
}
