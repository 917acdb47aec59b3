/** A mass is more than `floor` and more than this share (0 to 1) of what it is a part of. */
export type BrakePolicy = { readonly floor: number; readonly share: number };

export const DEFAULT_BRAKE = { floor: 2, share: 0.1 } as const satisfies BrakePolicy;

/** null: outside EC2, or not known. */
export type Zone = string | null;

/** How many there are in each zone of what could change. */
export type Headcount = ReadonlyMap<Zone, number>;

/** What holds one back: too many of its zone, or too many of the whole fleet. */
export type HeldBy = 'zone' | 'fleet';

export type Braked<Due> = {
  readonly passed: readonly Due[];
  readonly held: readonly { readonly due: Due; readonly by: HeldBy }[];
};

/** How many of `count` may change together before it is a mass. */
export function allowanceOf(count: number, { floor, share }: BrakePolicy): number {
  return Math.max(floor, Math.floor(count * share));
}

/**
 * Lets as many through as each zone and the fleet allow, in the order given; the others wait. What stays true gets
 * through a part at a time.
 */
export function slowed<Due extends { readonly zone: Zone }>(
  due: readonly Due[],
  headcount: Headcount,
  policy: BrakePolicy,
): Braked<Due> {
  const fleetAllows = allowanceOf(total(headcount), policy);
  const passedOf = new Map<Zone, number>();
  const passed: Due[] = [];
  const held: { due: Due; by: HeldBy }[] = [];
  for (const one of due) {
    const ofZone = passedOf.get(one.zone) ?? 0;
    if (ofZone >= allowanceOf(headcount.get(one.zone) ?? 0, policy)) held.push({ due: one, by: 'zone' });
    else if (passed.length >= fleetAllows) held.push({ due: one, by: 'fleet' });
    else {
      passed.push(one);
      passedOf.set(one.zone, ofZone + 1);
    }
  }
  return { passed, held };
}

/**
 * Holds whole masses: all of a zone of which too many are due, all of the fleet where too many of it are.
 * @param due how many are due in each zone, whatever else keeps them from changing
 * @returns what is held: the fleet, or these zones
 */
export function masses(due: Headcount, headcount: Headcount, policy: BrakePolicy): 'fleet' | ReadonlySet<Zone> {
  if (total(due) > allowanceOf(total(headcount), policy)) return 'fleet';
  const isMass = ([zone, count]: [Zone, number]) => count > allowanceOf(headcount.get(zone) ?? 0, policy);
  return new Set([...due].filter(isMass).map(([zone]) => zone));
}

function total(headcount: Headcount): number {
  return [...headcount.values()].reduce((sum, count) => sum + count, 0);
}
