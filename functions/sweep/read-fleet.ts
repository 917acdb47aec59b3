import { NIL as FIRST_ID } from 'uuid';
import type { Candidate } from '../../lib/domain/candidate.ts';
import type { FleetStore } from './ports.ts';

/** Rows a page: far below the 1 MiB that an answer of the Data API may have. */
const PAGE = 2_000;

/**
 * Every workspace that believes in an instance, in the order of their ids, but those behind the cursor first: there the
 * last run ended.
 */
export async function readFleet(
  store: Pick<FleetStore, 'readCandidates'>,
  cursor: string | null,
): Promise<Candidate[]> {
  const fleet: Candidate[] = [];
  let page: readonly Candidate[];
  do {
    page = await store.readCandidates({ after: fleet.at(-1)?.workspaceId ?? FIRST_ID, limit: PAGE });
    fleet.push(...page);
  } while (page.length === PAGE);
  if (cursor === null) return fleet;
  return [...fleet.filter((one) => one.workspaceId > cursor), ...fleet.filter((one) => one.workspaceId <= cursor)];
}
