import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Alarm } from '../../../infra/resources/alarms/alarm.ts';
import { ALARMS } from '../../../infra/resources/alarms/alarms.ts';
import { type Consumer, consumerOf, EVENTS, NOTICES } from '../../../lib/domain/events.ts';
import { METRICS } from '../../../lib/domain/metrics.ts';
import { TRANSITION_EVENTS } from '../../../lib/domain/status.ts';
import { repository } from '../toolchain/scratch-project.ts';

const sourcesIn = (pattern: string) =>
  globSync(pattern, { cwd: repository }).map((path) => ({ path, text: readFileSync(join(repository, path), 'utf8') }));
const sources = [
  ...sourcesIn('lib/adapters/rds-data/statements/*.ts'),
  ...sourcesIn('infra/migrations/routines/*.sql'),
];

/** The parts of a list, apart at the commas that stand in no parentheses and no quotes. */
function partsOf(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const piece of list.match(/'[^']*'|[\s\S]/g) ?? []) {
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    if (depth < 0) break;
    if (piece === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop()}${piece}`);
  }
  return parts.map((part) => part.trim());
}

/** What each INSERT of the history writes into its column `event`, as the statement has it. */
const written = sources.flatMap(({ path, text }) =>
  [...text.matchAll(/INSERT INTO workspace_events\s*\(([^)]*)\)\s*(?:SELECT|VALUES\s*\()/g)].map((insert) => {
    const at = (insert[1] ?? '').split(',').findIndex((column) => column.trim() === 'event');
    return { path, text, event: partsOf(text.slice(insert.index + insert[0].length))[at] ?? '' };
  }),
);
const literals = written.flatMap(({ event }) => /^'(\w+)'$/.exec(event)?.[1] ?? []);
const causes = sources.flatMap(({ text }) => [...text.matchAll(/'event',\s*'(\w+)'/g)].map(([, event = '']) => event));
/** Where the name comes from elsewhere: each file with the names that it can be. */
const FROM_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  // The trigger takes what status_transitions has, which the status table fills.
  'infra/migrations/routines/01_enforce_transition.sql': TRANSITION_EVENTS,
  'infra/migrations/routines/05_record_installed_plugins.sql': ['plugin_installed', 'plugin_failed'],
  'infra/migrations/routines/12_note_hint.sql': ['interruption_warned', 'rebalance_recommended'],
  'lib/adapters/rds-data/statements/store-plan.ts': ['plan_made', 'plugin_drifted'],
};

describe('the history', () => {
  it('is written by the statements and routines that this test reads', () => {
    expect(written.length).toBeGreaterThan(15);
    expect(causes.length).toBeGreaterThan(5);
  });

  it.each([...new Set([...literals, ...causes])])('has a name that is declared: %s', (event) => {
    expect(Object.keys(EVENTS)).toContain(event);
  });

  it.each(written.filter(({ event }) => !/^'\w+'$/.test(event)))(
    'has a name that the compiler has checked, or that is known: $path, $event',
    ({ path, text, event }) => {
      const known = FROM_ELSEWHERE[path];
      if (known === undefined) {
        expect(event).toMatch(/^:\w+::\w+/);
        expect(text).toMatch(/satisfies (?:Notice|Record<[^,]+, Notice \| null>)/);
      } else {
        expect(Object.keys(EVENTS)).toEqual(expect.arrayContaining([...known]));
        const names = known.map(
          (name) => new RegExp(`\\('${name}', |'${name}' satisfies Notice|(?:THEN|ELSE) '${name}'`),
        );
        if (event !== 'event_name') for (const name of names) expect(text).toMatch(name);
      }
    },
  );

  it.each(NOTICES)('has a place where it is written: %s', (notice) => {
    const checked = sources.some(({ text }) => text.includes('Notice') && new RegExp(`: '${notice}'`).test(text));
    expect(checked || literals.includes(notice) || Object.values(FROM_ELSEWHERE).flat().includes(notice)).toBe(true);
  });
});

const consumers: [string, Consumer][] = Object.entries(EVENTS);

describe('the consumers of events', () => {
  it('are found by the name of an event, and by no other name', () => {
    expect(consumerOf('pause')).toBe(EVENTS.pause);
    expect(consumerOf('constructor')).toBeUndefined();
  });

  it('that are metrics are counters', () => {
    for (const [, consumer] of consumers)
      if ('metric' in consumer) expect(METRICS[consumer.metric].kind).toBe('counter');
  });

  const alarmed = new Set(consumers.flatMap(([, consumer]) => (consumer.by === 'alarm' ? [consumer.metric] : [])));

  it.each([...alarmed])('that are alarms have one in infra/resources: %s', (metric) => {
    const watched = Object.values<Alarm>(ALARMS).map(({ watches }) => ('ours' in watches ? watches.ours : undefined));
    expect(watched).toContain(metric);
  });
});
