import { Client } from 'pg';
import { run } from '../../../infra/local/data-api/statement.ts';
import { percentile } from '../figures.ts';
import type { Beating } from './fleet.ts';
import type { Repeated } from './statements.ts';

const CONNECTIONS = 8;
const ANSWER_BYTES = 65_536;
/** What an answer means is for who asked: here it only has to come. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/** How a statement reaches PostgreSQL: parsed and planned on every call, as through the Data API, or prepared once. */
export type Way = 'parsed' | 'prepared';

export type Pace = { readonly aSecond: number; readonly p99Ms: number };

/** Eight connections that do nothing but beat, each for one workspace of the fleet after the other, by chance. */
export async function openBeating(url: string, fleet: readonly Beating[]) {
  const clients = Array.from({ length: CONNECTIONS }, () => new Client(url));
  await Promise.all(clients.map((client) => client.connect()));

  const one = async (client: Client, { boundTo }: Repeated, name?: string): Promise<void> => {
    const workspace = fleet[Math.floor(Math.random() * fleet.length)];
    if (workspace === undefined) throw new Error('nobody is there to beat');
    const bound = boundTo(workspace);
    if (name === undefined) await run(client, bound, ANSWER_BYTES);
    else await client.query({ name, text: bound.text, values: bound.values, types: AS_TEXT });
  };

  return {
    /** Beats until `isOver`, with a name for the statement where it is to be prepared once. */
    async beat(statement: Repeated, way: Way, name: string, isOver: () => boolean): Promise<Pace> {
      const took: number[] = [];
      const began = performance.now();
      await Promise.all(
        clients.map(async (client) => {
          while (!isOver()) {
            const asked = performance.now();
            await one(client, statement, way === 'prepared' ? name : undefined);
            took.push(performance.now() - asked);
          }
        }),
      );
      return { aSecond: (took.length / (performance.now() - began)) * 1_000, p99Ms: percentile(took, 0.99) };
    },
    /** Lets PostgreSQL's statistics know what these connections did. */
    async report(): Promise<void> {
      await Promise.all(clients.map((client) => client.query('SELECT pg_stat_force_next_flush()')));
    },
    async close(): Promise<void> {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

export type BeatingConnections = Awaited<ReturnType<typeof openBeating>>;
