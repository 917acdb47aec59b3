import { type Finding, findingsOf } from '../finding.ts';
import type { FunctionSource } from '../sources/functions.ts';
import { isObject, resourcesOf, type Template } from '../template/template.ts';
import type { DeployedFunction } from '../world/deployed.ts';
import type { Resolve } from '../world/resolve.ts';

const found = findingsOf('event');

/** Seconds after which API Gateway gives an HTTP function up, less what the way takes. */
const HTTP_SECONDS = 28;

/** Seconds that an asynchronous invoke may wait: after a period of the schedules its work has been found. */
const EVENT_AGE_SECONDS = 60;

/** How functions are called, given up and logged, each as its kind demands. */
export function settingFindings(
  template: Template,
  functions: readonly DeployedFunction[],
  sources: readonly FunctionSource[],
  resolve: Resolve,
): Finding[] {
  const roles = functions.map(({ role }) => role);
  return functions.flatMap((deployed) => {
    const { id, role, name, given, timeout } = deployed;
    const kind = sources.find((source) => source.name === name)?.kind;
    const shared = role !== undefined && roles.filter((other) => other === role).length > 1;
    return [
      ...(role === undefined ? [found(id, 'has no role of this template')] : []),
      ...(shared ? [found(id, `shares ${role} with another function`)] : []),
      ...('ReservedConcurrentExecutions' in given
        ? [found(id, 'reserves concurrency, which young accounts cannot')]
        : []),
      ...(kind === 'http' && timeout >= HTTP_SECONDS
        ? [found(id, `runs up to ${timeout} s, but API Gateway gives up before: under ${HTTP_SECONDS}`)]
        : []),
      ...logFindings(template, deployed, resolve),
      ...(kind === 'job' ? invokeFindings(template, deployed, resolve) : []),
    ];
  });
}

function logFindings(template: Template, { id, functionName }: DeployedFunction, resolve: Resolve): Finding[] {
  const group = resourcesOf(template, 'AWS::Logs::LogGroup').find(
    ([, { Properties }]) => resolve(Properties['LogGroupName'] ?? '') === `/aws/lambda/${functionName}`,
  );
  if (group === undefined) return [found(id, `no log group /aws/lambda/${functionName} is made for it`)];
  const [groupId, { Properties }] = group;
  return 'RetentionInDays' in Properties ? [] : [found(groupId, 'keeps its logs for ever: RetentionInDays is missing')];
}

function invokeFindings(template: Template, { id, functionName }: DeployedFunction, resolve: Resolve): Finding[] {
  const config = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').find(
    ([, { Properties }]) => resolve(Properties['FunctionName'] ?? '') === functionName,
  );
  if (config === undefined) return [found(id, 'has no AWS::Lambda::EventInvokeConfig: it would be retried twice')];
  const [configId, { Properties }] = config;
  const destination = resolve(Properties['DestinationConfig'] ?? {});
  const failure = isObject(destination) ? destination['OnFailure'] : undefined;
  const queue = isObject(failure) ? failure['Destination'] : undefined;
  return [
    ...(Number(Properties['MaximumRetryAttempts'] ?? 2) === 0
      ? []
      : [found(configId, 'retries: MaximumRetryAttempts is not 0')]),
    ...(Number(Properties['MaximumEventAgeInSeconds'] ?? 21_600) === EVENT_AGE_SECONDS
      ? []
      : [found(configId, `keeps an event for other than ${EVENT_AGE_SECONDS} s`)]),
    ...(typeof queue === 'string' && queue.startsWith('arn:')
      ? []
      : [found(configId, 'has no destination for what fails')]),
  ];
}
