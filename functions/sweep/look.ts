import type { Candidate } from '../../lib/domain/candidate.ts';
import { isSettled } from '../../lib/domain/sweep/decide.ts';
import type { ZoneLister, ZoneListing } from '../../lib/domain/sweep/listing.ts';
import { VERDICT_OF_STATE, type Verdict } from '../../lib/domain/verdict.ts';

export type Look = {
  /** Nothing more has to be known of them: EC2 lists them in a state that leads to nothing. */
  readonly settled: readonly { readonly candidate: Candidate; readonly verdict: Verdict }[];
  /** To be asked for by id, in the fleet's order. */
  readonly doubtful: readonly Candidate[];
  readonly listings: readonly Pick<ZoneListing, 'zone' | 'end'>[];
};

/** Lists the zones that the fleet is in, side by side, and holds the fleet against what they show. */
export async function lookAt(lister: ZoneLister, registryId: string, fleet: readonly Candidate[]): Promise<Look> {
  const zones = new Set(fleet.flatMap(({ zone }) => zone ?? []));
  const listings = await Promise.all([...zones].map((zone) => lister.listZone(registryId, zone)));
  const states = new Map(listings.flatMap((listing) => [...listing.states]));
  const settled: { candidate: Candidate; verdict: Verdict }[] = [];
  const doubtful: Candidate[] = [];
  for (const candidate of fleet) {
    const state = states.get(candidate.instanceId);
    if (state !== undefined && isSettled(candidate, state)) {
      settled.push({ candidate, verdict: VERDICT_OF_STATE[state] });
    } else doubtful.push(candidate);
  }
  return { settled, doubtful, listings: listings.map(({ zone, end }) => ({ zone, end })) };
}
