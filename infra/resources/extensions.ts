import * as z from 'zod';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { apiExtensions } from './api-extensions.ts';
import { arnHere, getAtt, type Value, when } from './cloudformation.ts';
import { DEPLOYED, logicalNameOf } from './functions.ts';
import { rate } from './rate.ts';
import { type Framework, readService, type Service } from './service.ts';

/**
 * What the framework's own resources lack (`resources.extensions`): limits and logs of the API, X-Ray, and where
 * EventBridge leaves what it could not deliver.
 */
export async function extensions(framework: Framework): Promise<Value> {
  const service = await readService(framework);
  await requireRunsWithinGap(framework);
  return { ...(await apiExtensions(service, framework)), ...ofRules(service), ...ofFunctions };
}

const ofFunctions: Record<string, Value> = Object.fromEntries(
  DEPLOYED.map(({ name }) => [
    `${logicalNameOf(name)}LambdaFunction`,
    { Properties: { TracingConfig: { Mode: when('Tracing', 'Active', 'PassThrough') } } },
  ]),
);

const ruleIdOf = (name: string) => `${logicalNameOf(name)}EventsRuleSchedule1`;

const scheduled = (service: Service) => service.filter(({ isScheduled }) => isScheduled);

/** EventBridge tries for a minute to deliver, as Lambda does: then the next run has found what this one would have. */
function ofRules(service: Service): Record<string, Value> {
  const target = (name: string): Value => ({
    Id: `${name}Schedule`,
    Arn: getAtt(`${logicalNameOf(name)}LambdaFunction`, 'Arn'),
    DeadLetterConfig: { Arn: getAtt('EventDeadLetterQueue', 'Arn') },
    RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 2 },
  });
  const entries = scheduled(service).map(({ name }): [string, Value] => [
    ruleIdOf(name),
    { Properties: { Targets: [target(name)] } },
  ]);
  return Object.fromEntries(entries);
}

/** The rules that may leave something in the queue for what EventBridge could not deliver. */
export async function ruleArns(framework: Framework): Promise<Value> {
  const ofSchedules = scheduled(await readService(framework)).map(({ name }) => getAtt(ruleIdOf(name), 'Arn'));
  const ofHints = arnHere('events', `rule/\${self:service}-\${sls:stage}-hint`);
  return [...ofSchedules, ofHints];
}

/**
 * A run that comes later than GAP_SECONDS after the one before it is an outage to the registry, and then no silence
 * counts.
 * @throws Error when every run would be one
 */
async function requireRunsWithinGap({ resolveVariable }: Framework): Promise<void> {
  const period = rate.parse(await resolveVariable('param:schedule-rate'));
  const GAP_SECONDS = z.string().parse(await resolveVariable("param:gap-seconds, ''"));
  const { gapSeconds } = readConfig(CONFIG.grace, { GAP_SECONDS });
  if (gapSeconds > period) return;
  throw new Error(`schedule-rate: runs ${period} s apart need a gap-seconds of more than ${period}, not ${gapSeconds}`);
}
