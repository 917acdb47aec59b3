import { z } from 'zod';
import { shared } from './shared.ts';

const calls = z.record(z.string(), z.int());

/** How many calls this worker's Data API has had, of whatever operation. */
export async function databaseCalls(): Promise<number> {
  const answer = await fetch(`${shared.now.dataApiUrl}/_control/calls`);
  return Object.values(calls.parse(await answer.json())).reduce((sum, count) => sum + count, 0);
}
