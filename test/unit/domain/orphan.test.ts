import { describe, expect, it } from 'vitest';
import type { OrphanVerdict, Owner, RowRelation, RowStanding, TagRelation } from '../../../lib/domain/orphan.ts';
import {
  decideOrphan,
  ORPHAN_TABLE,
  ROW_RELATIONS,
  ROW_STANDINGS,
  readTags,
  STRAY_TABLE,
  TAG_RELATIONS,
} from '../../../lib/domain/orphan.ts';
import type { TaggedInstance } from '../../../lib/domain/orphan-listing.ts';
import { settleRivals } from '../../../lib/domain/orphan-rivals.ts';

const WORKSPACE = '0199a8e2-6f04-7c33-8d4c-3f1f2a6f5b10';
const OTHER = '0199a8e2-6f04-7c33-8d4c-3f1f2a6f5b11';

const tagged = (instanceId: string, generation: number | string, workspaceTag: string | null = WORKSPACE) =>
  ({
    instanceId,
    workspaceTag,
    generationTag: String(generation),
    state: 'running',
    zone: 'us-east-1a',
    launchedAt: '2026-11-21T09:15:00.000Z',
    stoppable: true,
  }) satisfies TaggedInstance;

type Row = NonNullable<Owner['row']>;

const ROW = {
  generation: 5,
  instanceId: null,
  previousInstanceId: null,
  removed: false,
  owing: false,
  launching: false,
} as const satisfies Row;

const OF_TAG = { lower: 4, same: 5, higher: 6 } as const satisfies Record<TagRelation, number>;
const OF_RELATION = {
  own: { instanceId: 'i-1' },
  previous: { instanceId: 'i-9', previousInstanceId: 'i-1' },
  none: { instanceId: null },
  other: { instanceId: 'i-9' },
} as const satisfies Record<RowRelation, Partial<Row>>;
const OF_STANDING = {
  live: {},
  launching: { launching: true, owing: true },
  ending: { removed: true, owing: true },
  removed: { removed: true },
} as const satisfies Record<RowStanding, Partial<Row>>;

const ownerOf = (row: Partial<Row> | null, over: Partial<Owner> = {}): Owner => ({
  instanceId: 'i-1',
  row: row === null ? null : { ...ROW, ...row },
  heldByAnother: false,
  sighted: null,
  ...over,
});

const decide = (instance: TaggedInstance, owner: Owner) => decideOrphan(instance, readTags(instance), owner);

/** Each line: what is done about an instance while its row is live, launching, ending and removed. */
const EXPECTED: readonly (readonly [TagRelation, RowRelation, readonly string[]])[] = [
  [
    'lower',
    'own',
    ['leave own_instance', 'leave own_instance', 'leave converge_ends_it', 'terminate workspace_removed'],
  ],
  ['lower', 'previous', Array(4).fill('leave converge_ends_it')],
  [
    'lower',
    'none',
    [
      'terminate older_generation',
      'terminate older_generation',
      'terminate workspace_removed',
      'terminate workspace_removed',
    ],
  ],
  [
    'lower',
    'other',
    [
      'terminate older_generation',
      'terminate older_generation',
      'terminate workspace_removed',
      'terminate workspace_removed',
    ],
  ],
  [
    'same',
    'own',
    ['leave own_instance', 'leave own_instance', 'leave converge_ends_it', 'terminate workspace_removed'],
  ],
  ['same', 'previous', Array(4).fill('leave converge_ends_it')],
  [
    'same',
    'none',
    ['adopt not_recorded', 'leave launch_under_way', 'terminate workspace_removed', 'terminate workspace_removed'],
  ],
  [
    'same',
    'other',
    ['alarm row_has_another', 'alarm row_has_another', 'terminate workspace_removed', 'terminate workspace_removed'],
  ],
  [
    'higher',
    'own',
    ['leave own_instance', 'leave own_instance', 'leave converge_ends_it', 'terminate workspace_removed'],
  ],
  ['higher', 'previous', Array(4).fill('leave converge_ends_it')],
  [
    'higher',
    'none',
    ['adopt newer_generation', 'adopt newer_generation', 'terminate workspace_removed', 'terminate workspace_removed'],
  ],
  [
    'higher',
    'other',
    ['adopt newer_generation', 'adopt newer_generation', 'terminate workspace_removed', 'terminate workspace_removed'],
  ],
];

const CELLS = EXPECTED.flatMap(([tag, relation, cells]) =>
  ROW_STANDINGS.map((standing, at) => [tag, relation, standing, cells[at]] as const),
);

describe('what is done about an instance with our tag', () => {
  it.each(CELLS)('of a %s generation, to the row %s, the row being %s: %s', (tag, relation, standing, expected) => {
    const owner = ownerOf({ ...OF_RELATION[relation], ...OF_STANDING[standing] });
    const { action, reason } = decide(tagged('i-1', OF_TAG[tag]), owner);
    expect(`${action} ${reason}`).toBe(expected);
  });

  it('is decided in every cell of the table', () => {
    expect(CELLS).toHaveLength(TAG_RELATIONS.length * ROW_RELATIONS.length * ROW_STANDINGS.length);
  });

  it.each([
    ['no workspace has the id of the tag: a backup may have lost its row', tagged('i-1', 5), ownerOf(null), 'no_row'],
    ['the generation is no number', tagged('i-1', 'five'), ownerOf(null), 'unreadable_tags'],
    ['the generation is 0', tagged('i-1', 0), ownerOf({}), 'unreadable_tags'],
    ['the generation outgrows its column', tagged('i-1', '4294967296'), ownerOf({}), 'unreadable_tags'],
    ['the workspace is no uuid', tagged('i-1', 5, 'mine'), ownerOf(null), 'unreadable_tags'],
    ['the workspace is not tagged', tagged('i-1', 5, null), ownerOf(null), 'unreadable_tags'],
    [
      'another workspace has it, and its own row is removed: only the tag is wrong',
      tagged('i-1', 4),
      ownerOf({ removed: true }, { heldByAnother: true }),
      'held_by_another',
    ],
  ])('is an alarm and nothing else where %s', (_, instance, owner, reason) => {
    expect(decide(instance, owner)).toMatchObject({ action: 'alarm', reason, alarms: true });
  });

  it('is an alarm too where a newer generation is adopted, since the registry has lost its history', () => {
    const alarming = (verdicts: readonly OrphanVerdict[]) =>
      verdicts.filter(({ alarms }) => alarms).map(({ reason }) => reason);
    const cells = TAG_RELATIONS.flatMap((tag) =>
      ROW_RELATIONS.flatMap((relation) => ROW_STANDINGS.map((standing) => ORPHAN_TABLE[tag][relation][standing])),
    );
    expect(new Set(alarming(cells))).toEqual(new Set(['newer_generation', 'row_has_another']));
    expect(alarming(Object.values(STRAY_TABLE))).toHaveLength(3);
  });

  it('reads an id in capitals as the same workspace', () => {
    expect(readTags(tagged('i-1', 5, WORKSPACE.toUpperCase()))).toEqual({ workspaceId: WORKSPACE, generation: 5 });
  });
});

describe('of several instances that one workspace could adopt', () => {
  const outcome = (...instances: readonly TaggedInstance[]) =>
    settleRivals(instances.map((instance) => decide(instance, ownerOf({})))).map(
      ({ action, reason, alarms }) => `${action} ${reason}${alarms ? '!' : ''}`,
    );

  it.each([
    [
      'the highest generation alone is adopted, in whatever order they are listed',
      [tagged('i-1', 7), tagged('i-2', 8), tagged('i-3', 6)],
      ['leave newer_one_is_adopted', 'adopt newer_generation!', 'leave newer_one_is_adopted'],
    ],
    [
      'a newer generation goes before that of the row',
      [tagged('i-1', 6), tagged('i-2', 5)],
      ['adopt newer_generation!', 'leave newer_one_is_adopted'],
    ],
    [
      'none is adopted where two share the highest generation: nothing proves which is the one',
      [tagged('i-1', 5), tagged('i-2', 5), tagged('i-3', 4)],
      ['alarm generation_is_shared!', 'alarm generation_is_shared!', 'terminate older_generation'],
    ],
    [
      'those of other workspaces are no rivals',
      [tagged('i-1', 5), tagged('i-2', 6, OTHER)],
      ['adopt not_recorded', 'adopt newer_generation!'],
    ],
  ])('%s', (_, instances, expected) => {
    expect(outcome(...instances)).toEqual(expected);
  });
});
