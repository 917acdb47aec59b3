import * as z from 'zod';
import { type Finding, findingsOf } from '../finding.ts';
import type { FunctionSource } from '../sources/functions.ts';
import { isObject, type Json, type Resource, resourcesOf, type Template } from '../template/template.ts';
import type { DeployedFunction } from '../world/deployed.ts';
import { type Resolve, textOf } from '../world/resolve.ts';
import { isMatch } from './pattern.ts';

const found = findingsOf('event');
const json = z.json();

/** An event of EventBridge as it is delivered, with the name of its file. */
export type Document = { readonly name: string; readonly event: Json };

export type EventFacts = {
  readonly template: Template;
  readonly resolve: Resolve;
  readonly functions: readonly DeployedFunction[];
  readonly sources: readonly FunctionSource[];
  /** What each job takes for its event; undefined: anything. */
  readonly schemas: ReadonlyMap<string, z.core.$ZodType | undefined>;
  readonly documents: readonly Document[];
};

type Target = { readonly rule: string; readonly name: string; readonly input: Json | undefined };

/** Every rule leads to a function that may be called by it and takes its events, and every job has a rule. */
export function ruleFindings(facts: EventFacts): Finding[] {
  const rules = resourcesOf(facts.template, 'AWS::Events::Rule');
  const led = new Set<string>();
  const findings = rules.flatMap(([id, rule]) => {
    const targets = targetsOf(id, rule, facts);
    if (targets.length === 0) return [found(id, 'has no target')];
    return targets.flatMap((target) => {
      if (target.name === undefined) return [found(id, `its target ${target.arn} is no function of this template`)];
      led.add(target.name);
      const { name, input } = target;
      return [
        ...permissionFindings(id, target.arn, facts),
        ...(rule.Properties['State'] === 'DISABLED' ? [found(id, `is disabled, so ${name} never runs`)] : []),
        ...('ScheduleExpression' in rule.Properties
          ? scheduleFindings(rule, { rule: id, name, input }, facts)
          : patternFindings(rule, { rule: id, name, input }, facts)),
      ];
    });
  });
  const jobs = facts.sources.filter(({ kind, name }) => kind === 'job' && !led.has(name));
  return [
    ...findings,
    ...jobs.map(({ name }) => found(name, 'no schedule and no event of the template runs it')),
    ...unheardFindings(facts),
  ];
}

/** An event that a function is written for, and that no pattern of its rules lets through. */
function unheardFindings(facts: EventFacts): Finding[] {
  const rules = resourcesOf(facts.template, 'AWS::Events::Rule');
  return facts.documents.flatMap(({ name: document, event }) =>
    [...facts.schemas].flatMap(([name, schema]) => {
      if (schema === undefined || isScheduled(event) || !z.safeParse(schema, event).success) return [];
      const isHeard = rules.some(
        ([id, rule]) =>
          targetsOf(id, rule, facts).some((target) => target.name === name) &&
          isMatch(facts.resolve(rule.Properties['EventPattern'] ?? []), event),
      );
      return isHeard ? [] : [found(name, `takes ${document}, which no rule leads to it`)];
    }),
  );
}

const isScheduled = (event: Json): boolean => isObject(event) && event['detail-type'] === 'Scheduled Event';

function targetsOf(id: string, { Properties }: Resource, { resolve, functions }: EventFacts) {
  const targets = resolve(Properties['Targets'] ?? []);
  return (Array.isArray(targets) ? targets : []).map((target) => {
    const arn = textOf(isObject(target) ? (target['Arn'] ?? '') : '');
    const name = functions.find(({ functionName }) => arn.endsWith(`:function:${functionName}`))?.name;
    return { rule: id, arn, name, input: isObject(target) ? target['Input'] : undefined };
  });
}

/** A rule of whose ARN no permission knows is delivered to nobody, in silence. */
function permissionFindings(id: string, arn: string, { template, resolve }: EventFacts): Finding[] {
  const ruleArn = textOf(resolve({ 'Fn::GetAtt': [id, 'Arn'] }));
  const isPermitted = resourcesOf(template, 'AWS::Lambda::Permission').some(([, { Properties }]) => {
    const { FunctionName = '', Principal, Action, SourceArn = '' } = Properties;
    const isCall = Principal === 'events.amazonaws.com' && Action === 'lambda:InvokeFunction';
    const functionArn = textOf(resolve(FunctionName));
    return (
      isCall && (functionArn === arn || arn.endsWith(`:function:${functionArn}`)) && resolve(SourceArn) === ruleArn
    );
  });
  return isPermitted ? [] : [found(id, `no AWS::Lambda::Permission lets it call ${arn.split(':').at(-1)}`)];
}

function scheduleFindings({ Properties }: Resource, { rule, name, input }: Target, facts: EventFacts): Finding[] {
  const expression = textOf(facts.resolve(Properties['ScheduleExpression'] ?? ''));
  const scheduled = facts.documents.filter(
    ({ event }) => isObject(event) && event['detail-type'] === 'Scheduled Event',
  );
  const events = input === undefined ? scheduled : [{ name: 'its Input', event: inputOf(input) }];
  return [
    ...(/^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+( \S+){5}\))$/.test(expression)
      ? []
      : [found(rule, `${expression} is no schedule of EventBridge`)]),
    ...(events.length === 0 ? [found(rule, 'there is no document of a schedule to try it with')] : []),
    ...events.flatMap((document) => refusalOf(document, rule, name, facts)),
  ];
}

/** Each kind of event of the pattern has a document, which the function takes. */
function patternFindings({ Properties }: Resource, { rule, name }: Target, facts: EventFacts): Finding[] {
  const pattern = facts.resolve(Properties['EventPattern'] ?? {});
  const kinds = isObject(pattern) && Array.isArray(pattern['detail-type']) ? pattern['detail-type'] : [];
  if (kinds.length === 0) return [found(rule, 'its pattern names no detail-type')];
  const matched = facts.documents.filter(({ event }) => isMatch(pattern, event));
  const tried = matched.map(({ event }) => (isObject(event) ? event['detail-type'] : undefined));
  return [
    ...kinds
      .filter((kind) => !tried.includes(kind))
      .map((kind) => found(rule, `matches no document of the kind ${textOf(kind)} that there is in test/events`)),
    ...matched.flatMap((document) => refusalOf(document, rule, name, facts)),
  ];
}

function refusalOf(
  { name: document, event }: Document,
  rule: string,
  name: string,
  { schemas }: EventFacts,
): Finding[] {
  const schema = schemas.get(name);
  const refused = schema && z.safeParse(schema, event).error;
  if (refused === undefined) return [];
  return [found(rule, `${name} does not take ${document}: ${refused.issues[0]?.message}`)];
}

function inputOf(input: Json): Json {
  return typeof input === 'string' ? json.parse(JSON.parse(input)) : input;
}
