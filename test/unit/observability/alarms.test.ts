import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Alarm } from '../../../infra/resources/alarms/alarm.ts';
import { ALARMS } from '../../../infra/resources/alarms/alarms.ts';
import { alarms } from '../../../infra/resources/alarms/build.ts';
import { environment } from '../../../infra/resources/environment.ts';
import { METRICS } from '../../../lib/domain/metrics.ts';
import { count } from '../../../lib/observability/metrics.ts';
import { repository } from '../toolchain/scratch-project.ts';
import { useWritten } from './written.ts';

const written = useWritten();

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

it('what alarms look at is what every function tells: the namespace, and the stack as the one dimension', async () => {
  const { Namespace, Dimensions } = z
    .object({ Namespace: z.string(), Dimensions: z.tuple([z.object({ Name: z.string(), Value: z.string() })]) })
    .parse(await propertiesOf('SweepsMissing'));
  const [{ Name, Value }] = Dimensions;
  count('SweepsCompleted');
  expect(written.documents()).toMatchObject([
    { _aws: { CloudWatchMetrics: [{ Namespace, Dimensions: [[Name]], Metrics: [{ Name: 'SweepsCompleted' }] }] } },
  ]);
  for (const variables of Object.values(environment.deployed)) {
    expect(variables).toMatchObject({ POWERTOOLS_SERVICE_NAME: Value });
  }
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

describe('an alarm for what is missing', () => {
  const waiting = list.filter(([, { lessThan }]) => lessThan !== undefined).map(([name]) => name);
  const rates = ['rate(1 minute)', 'rate(30 minutes)', 'rate(1 hour)'];

  it.each(waiting.flatMap((name) => rates.map((rate) => [name, rate] as const)))(
    '%s calls nobody at a first deployment at %s, before half an hour and as many runs as it waits for',
    async (name, rate) => {
      const { Period, EvaluationPeriods, WarmUpConfiguration } = z
        .object({
          Period: z.int(),
          EvaluationPeriods: z.int(),
          WarmUpConfiguration: z.strictObject({ WarmUpPeriodDurationInMinutes: z.int().min(1).max(2_880) }),
        })
        .parse(await propertiesOf(name, { 'schedule-rate': rate, 'orphans-rate': rate }));
      const waitsSeconds = Math.min(2_880 * 60, 1_800 + Period * EvaluationPeriods);
      expect(WarmUpConfiguration.WarmUpPeriodDurationInMinutes * 60).toBe(waitsSeconds);
    },
  );

  it('of runs that are days apart waits for as long as CloudWatch can', async () => {
    const seldom = { ...EACH_MINUTE, 'orphans-rate': 'rate(1 day)' };
    expect(await propertiesOf('OrphansMissing', seldom)).toMatchObject({
      WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 2_880 },
    });
  });

  it('alone waits: what is there at a first deployment is an alarm at once', async () => {
    expect(await propertiesOf('PersistenceFailed')).not.toHaveProperty('WarmUpConfiguration');
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

  it('of its schedules is how often EC2 can be found to throttle them, ten times in a row', async () => {
    expect(await propertiesOf('SweepThrottled')).toMatchObject({ Period: 60, EvaluationPeriods: 10 });
    const seldom = { ...EACH_MINUTE, 'schedule-rate': 'rate(30 minutes)' };
    expect(await propertiesOf('SweepThrottled', seldom)).toMatchObject({ Period: 1_800, EvaluationPeriods: 10 });
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

describe('an alarm that stands as long as its cause does is looked for as seldom as it is told', () => {
  it.each([
    ['rate(10 minutes)', 600],
    ['rate(30 minutes)', 1_800],
  ])('of an instance that no row explains by each run of orphans, %s', async (orphans, period) => {
    const properties = await propertiesOf('OrphansFound', { ...EACH_MINUTE, 'orphans-rate': orphans });
    expect(properties).toMatchObject({ Statistic: 'Sum', Period: period, EvaluationPeriods: 1, Threshold: 1 });
  });

  it('of links that cannot be signed by a beat of the slowest pace', async () => {
    expect(await propertiesOf('ArtefactLinksFailed')).toMatchObject({
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
    });
  });
});

it('errors of the API are an alarm by their share, and of a few calls none', async () => {
  const properties = await propertiesOf('ApiErrors');
  expect(properties).toMatchObject({ Threshold: 5, TreatMissingData: 'notBreaching' });
  expect(JSON.stringify(properties)).toContain('IF(whole < 20, 0, 100 * part / whole)');
});

describe('heartbeats that come past API Gateway', () => {
  const ofHeartbeat = [{ Name: 'FunctionName', Value: { Ref: 'HeartbeatLambdaFunction' } }];

  it('are an alarm where a share of them is answered 5xx, since none of them is a call of the API', async () => {
    const { Metrics, ...properties } = z
      .object({ Metrics: z.array(z.looseObject({ Id: z.string() })) })
      .loose()
      .parse(await propertiesOf('HeartbeatUrlErrors'));
    expect(properties).toMatchObject({ Threshold: 5, TreatMissingData: 'notBreaching' });
    const metric = (MetricName: string) => ({
      MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: ofHeartbeat }, Stat: 'Sum' },
    });
    expect(Metrics).toMatchObject([metric('Url5xxCount'), metric('UrlRequestCount'), { Id: 'share' }]);
  });

  it('are an alarm where Lambda turns them away, which it answers 429', async () => {
    expect(await propertiesOf('HeartbeatsThrottled')).toMatchObject({
      ...{ Namespace: 'AWS/Lambda', MetricName: 'Throttles', Dimensions: ofHeartbeat, Statistic: 'Sum' },
      TreatMissingData: 'notBreaching',
    });
  });
});
