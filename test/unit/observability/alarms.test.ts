import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Alarm } from '../../../infra/resources/alarms/alarm.ts';
import { ALARMS } from '../../../infra/resources/alarms/alarms.ts';
import { alarms } from '../../../infra/resources/alarms/build.ts';
import { METRICS } from '../../../lib/domain/metrics.ts';
import { repository } from '../toolchain/scratch-project.ts';

const runbook = readFileSync(join(repository, 'infra/runbook.md'), 'utf8');
const sections = runbook
  .split(/^### /m)
  .slice(1)
  .map((text) => ({ name: text.split('\n')[0] ?? '', text: text.split(/^## /m)[0] ?? '' }));

const stage = (variables: Readonly<Record<string, string>>) => ({
  resolveConfigurationProperty: async () => undefined,
  resolveVariable: async (variable: string) =>
    variables[/^param:([\w-]+)/.exec(variable)?.[1] ?? ''] ?? /'(.*)'$/.exec(variable)?.[1],
});
const EACH_MINUTE = { 'schedule-rate': 'rate(1 minute)', 'orphans-rate': 'rate(10 minutes)' };

const built = z.record(
  z.string(),
  z.object({ Type: z.literal('AWS::CloudWatch::Alarm'), Properties: z.record(z.string(), z.unknown()) }),
);
const propertiesOf = async (name: string, variables: Readonly<Record<string, string>> = EACH_MINUTE) =>
  built.parse(await alarms(stage(variables)))[`${name}Alarm`]?.Properties;

const list = Object.entries<Alarm>(ALARMS);

describe('each alarm', () => {
  it.each(list.map(([name]) => name))(
    '%s has its section in the runbook, to which its description leads',
    async (name) => {
      expect(sections.filter((section) => section.name === name)).toHaveLength(1);
      expect((await propertiesOf(name))?.['AlarmDescription']).toMatch(
        new RegExp(`\\. infra/runbook\\.md#${name.toLowerCase()}$`),
      );
    },
  );

  it.each(list)('%s has a description that CloudWatch takes, and one limit', async (name, { atLeast, lessThan }) => {
    expect([atLeast, lessThan].filter((limit) => limit !== undefined)).toHaveLength(1);
    expect(String((await propertiesOf(name))?.['AlarmDescription']).length).toBeLessThan(1024);
  });

  it.each(list)('%s looks back no longer than CloudWatch can', async (name) => {
    for (const rate of ['rate(1 minute)', 'rate(30 minutes)', 'rate(1 hour)']) {
      const { Period = 60, EvaluationPeriods } = z
        .object({ Period: z.int().multipleOf(60).optional(), EvaluationPeriods: z.int() })
        .parse(await propertiesOf(name, { 'schedule-rate': rate, 'orphans-rate': rate }));
      expect(Period * EvaluationPeriods).toBeLessThanOrEqual(Period < 3_600 ? 86_400 : 7 * 86_400);
    }
  });

  it.each(list)('%s tells the topic that was given, and nobody when none was', async (name) => {
    const topic = { 'Fn::If': ['HasAlarmTopic', [{ Ref: 'AlarmTopicArn' }], { Ref: 'AWS::NoValue' }] };
    expect(await propertiesOf(name)).toMatchObject({ AlarmActions: topic, OKActions: topic });
  });

  it.each(list)('%s adds up what is counted, and takes the highest of what stands', (_, { watches, statistic }) => {
    if ('ours' in watches) expect(statistic).toBe(METRICS[watches.ours].kind === 'counter' ? 'Sum' : 'Maximum');
  });
});

describe('the runbook', () => {
  it.each(sections)('has a section of an alarm that is there: $name', ({ name }) => {
    expect(Object.keys(ALARMS)).toContain(name);
  });

  it.each(sections)('says of $name what it means, how to look, what to do and when to do nothing', ({ text }) => {
    expect(text).toMatch(/\*\*Meaning\.\*\*[\s\S]+\*\*Look\.\*\*[\s\S]+\*\*Do\.\*\*[\s\S]+\*\*Nothing to do\*\*/);
  });

  it('links to sections of its own that are there', () => {
    const links = [...runbook.matchAll(/\]\(#([\w-]+)\)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(5);
    const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    for (const link of links) expect(anchors).toContain(link);
  });
});

describe('what a stage says', () => {
  it.each([
    ['rate(1 minute)', 60],
    ['rate(30 minutes)', 1_800],
    ['rate(2 hours)', 7_200],
  ])('of its schedules, %s, is how often their runs are looked for', async (schedule, period) => {
    const properties = await propertiesOf('LivenessMissing', { ...EACH_MINUTE, 'schedule-rate': schedule });
    expect(properties).toMatchObject({
      Period: period,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('lets what only a run makes good wait for three of them', async () => {
    expect(await propertiesOf('ReconcileLag')).toMatchObject({ Threshold: 1_800 });
    const seldom = { ...EACH_MINUTE, 'schedule-rate': 'rate(30 minutes)' };
    expect(await propertiesOf('ReconcileLag', seldom)).toMatchObject({ Threshold: 5_400 });
    expect(await propertiesOf('AbsencesHeld', seldom)).toMatchObject({ Threshold: 1, Period: 1_800 });
  });

  it('of the runbook is where the descriptions lead', async () => {
    const runbookUrl = { ...EACH_MINUTE, 'runbook-url': 'https://wiki.example/muster' };
    expect((await propertiesOf('ApiErrors', runbookUrl))?.['AlarmDescription']).toMatch(
      / https:\/\/wiki\.example\/muster#apierrors$/,
    );
  });

  it('that is no rate is refused', async () => {
    await expect(alarms(stage({ ...EACH_MINUTE, 'schedule-rate': 'cron(0 * * * ? *)' }))).rejects.toThrow('no rate');
  });
});

it('errors of the API are an alarm by their share, and of a few calls none', async () => {
  const properties = await propertiesOf('ApiErrors');
  expect(properties).toMatchObject({ Threshold: 5, TreatMissingData: 'notBreaching' });
  expect(JSON.stringify(properties)).toContain('IF(whole < 20, 0, 100 * part / whole)');
});
