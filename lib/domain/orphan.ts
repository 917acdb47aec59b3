import * as z from 'zod/mini';
import type { TaggedInstance } from './orphan-listing.ts';

/** What an orphan sweep can do about an instance with our registry's tag. */
export const ORPHAN_ACTIONS = ['adopt', 'terminate', 'leave', 'alarm'] as const;

export type OrphanAction = (typeof ORPHAN_ACTIONS)[number];

/** The generation of the instance's tag against that of its workspace's row. */
export const TAG_RELATIONS = ['lower', 'same', 'higher'] as const;

export type TagRelation = (typeof TAG_RELATIONS)[number];

/** The instance against the row: the one it believes in, the superseded one; or the row has none, or another one. */
export const ROW_RELATIONS = ['own', 'previous', 'none', 'other'] as const;

export type RowRelation = (typeof ROW_RELATIONS)[number];

/**
 * How the row stands. launching: somebody holds the launch of its generation, and records the instance. ending: removed,
 * and converge still owes the end of its instance. removed: and nothing is owed any more.
 */
export const ROW_STANDINGS = ['live', 'launching', 'ending', 'removed'] as const;

export type RowStanding = (typeof ROW_STANDINGS)[number];

/** Why an instance cannot be held against a row of its own. */
export const STRAYS = ['no_row', 'unreadable_tags', 'held_by_another'] as const;

export type Stray = (typeof STRAYS)[number];

/** `alarms`: whether an operator has to hear of it, whatever is done. */
export type OrphanVerdict = { readonly action: OrphanAction; readonly reason: string; readonly alarms: boolean };

const OWN = { action: 'leave', reason: 'own_instance', alarms: false } as const;
const PREVIOUS = { action: 'leave', reason: 'converge_ends_it', alarms: false } as const;
const LAUNCHING = { action: 'leave', reason: 'launch_under_way', alarms: false } as const;
const UNRECORDED = { action: 'adopt', reason: 'not_recorded', alarms: false } as const;
const RESTORED = { action: 'adopt', reason: 'newer_generation', alarms: true } as const;
const OLDER = { action: 'terminate', reason: 'older_generation', alarms: false } as const;
const REMOVED = { action: 'terminate', reason: 'workspace_removed', alarms: false } as const;
const RIVAL = { action: 'alarm', reason: 'row_has_another', alarms: true } as const;

const ALWAYS_PREVIOUS = { live: PREVIOUS, launching: PREVIOUS, ending: PREVIOUS, removed: PREVIOUS } as const;
const OWN_UNTIL_REMOVED = { live: OWN, launching: OWN, ending: PREVIOUS, removed: REMOVED } as const;

/**
 * What is done about an instance whose workspace has a row. Only two things prove that an instance is superseded: a
 * generation below the row's, since a row's never falls, and a removed workspace, since removed is final. A generation
 * above the row's was launched by a history that the registry has lost to a backup, so the row catches up with it.
 */
export const ORPHAN_TABLE = {
  lower: {
    own: OWN_UNTIL_REMOVED,
    previous: ALWAYS_PREVIOUS,
    none: { live: OLDER, launching: OLDER, ending: REMOVED, removed: REMOVED },
    other: { live: OLDER, launching: OLDER, ending: REMOVED, removed: REMOVED },
  },
  same: {
    own: OWN_UNTIL_REMOVED,
    previous: ALWAYS_PREVIOUS,
    none: { live: UNRECORDED, launching: LAUNCHING, ending: REMOVED, removed: REMOVED },
    other: { live: RIVAL, launching: RIVAL, ending: REMOVED, removed: REMOVED },
  },
  higher: {
    own: OWN_UNTIL_REMOVED,
    previous: ALWAYS_PREVIOUS,
    none: { live: RESTORED, launching: RESTORED, ending: REMOVED, removed: REMOVED },
    other: { live: RESTORED, launching: RESTORED, ending: REMOVED, removed: REMOVED },
  },
} as const satisfies Record<TagRelation, Record<RowRelation, Record<RowStanding, OrphanVerdict>>>;

/** What cannot be proved to be ours and superseded is never ended: a person has to look. */
export const STRAY_TABLE = {
  no_row: { action: 'alarm', reason: 'no_row', alarms: true },
  unreadable_tags: { action: 'alarm', reason: 'unreadable_tags', alarms: true },
  held_by_another: { action: 'alarm', reason: 'held_by_another', alarms: true },
} as const satisfies Record<Stray, OrphanVerdict>;

/** What an instance's tags say of its launch; null for what is missing or malformed. */
export type LaunchTags = { readonly workspaceId: string | null; readonly generation: number | null };

const workspaceTag = z.pipe(
  z.uuid(),
  z.transform((id) => id.toLowerCase()),
);
/** PostgreSQL's integer has room for every number of nine digits. */
const generationTag = z.pipe(z.string().check(z.regex(/^[1-9]\d{0,8}$/)), z.transform(Number));

export function readTags(instance: TaggedInstance): LaunchTags {
  return {
    workspaceId: workspaceTag.safeParse(instance.workspaceTag).data ?? null,
    generation: generationTag.safeParse(instance.generationTag).data ?? null,
  };
}

/** What the registry knows of a listed instance. */
export type Owner = {
  readonly instanceId: string;
  /** The row of the workspace that the tag names; null: there is none that launches. */
  readonly row: {
    readonly generation: number;
    readonly instanceId: string | null;
    readonly previousInstanceId: string | null;
    readonly removed: boolean;
    readonly owing: boolean;
    readonly launching: boolean;
  } | null;
  /** Whether the row of another workspace has the instance, as its own or its previous one. */
  readonly heldByAnother: boolean;
  /** The action that an earlier run found for the same instance, with the same tags. */
  readonly sighted: OrphanAction | null;
};

export type OrphanDecision = OrphanVerdict &
  LaunchTags & {
    readonly instance: TaggedInstance;
    readonly rowGeneration: number | null;
    readonly sighted: Owner['sighted'];
  };

/** What is to be done about one instance, seen alone. */
export function decideOrphan(instance: TaggedInstance, tags: LaunchTags, owner: Owner): OrphanDecision {
  return {
    ...verdictOn(instance, tags, owner),
    ...tags,
    instance,
    rowGeneration: owner.row?.generation ?? null,
    sighted: owner.sighted,
  };
}

function verdictOn({ instanceId }: TaggedInstance, tags: LaunchTags, { row, heldByAnother }: Owner): OrphanVerdict {
  if (heldByAnother) return STRAY_TABLE.held_by_another;
  if (tags.workspaceId === null || tags.generation === null) return STRAY_TABLE.unreadable_tags;
  if (row === null) return STRAY_TABLE.no_row;
  return ORPHAN_TABLE[tagRelation(tags.generation, row.generation)][rowRelation(instanceId, row)][standingOf(row)];
}

function tagRelation(tag: number, row: number): TagRelation {
  if (tag === row) return 'same';
  return tag < row ? 'lower' : 'higher';
}

function rowRelation(instanceId: string, row: NonNullable<Owner['row']>): RowRelation {
  if (row.instanceId === instanceId) return 'own';
  if (row.previousInstanceId === instanceId) return 'previous';
  return row.instanceId === null ? 'none' : 'other';
}

function standingOf({ removed, owing, launching }: NonNullable<Owner['row']>): RowStanding {
  if (removed) return owing ? 'ending' : 'removed';
  return launching ? 'launching' : 'live';
}
