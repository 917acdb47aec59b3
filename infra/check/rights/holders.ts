import type { FunctionSource } from '../sources/functions.ts';
import { isObject, type Json, resourcesOf, type Template } from '../template/template.ts';
import type { DeployedFunction } from '../world/deployed.ts';
import type { Place } from '../world/example.ts';
import { type Resolve, textOf } from '../world/resolve.ts';
import { policiesOf } from './policies.ts';
import type { Holder } from './rights.ts';
import { sdkCallsOf } from './sdk-calls.ts';

type Stack = {
  readonly template: Template;
  readonly resolve: Resolve;
  readonly place: Place;
  readonly parameters: Readonly<Record<string, string>>;
  readonly ownerSecret: string;
};

/** Every function that has a role and a source, with what it calls and what its role lets it do. */
export function holdersOf(
  { template, resolve, place, parameters, ownerSecret }: Stack,
  functions: readonly DeployedFunction[],
  sources: readonly FunctionSource[],
): Holder[] {
  return functions.flatMap((deployed) => {
    const source = sources.find(({ name }) => name === deployed.name);
    const { role } = deployed;
    if (source === undefined || role === undefined) return [];
    const around = {
      place,
      deployed,
      parameter: (name: string) => (name in template.Parameters ? (parameters[name] ?? '') : ''),
      failureQueue: failureQueueOf(deployed, template, resolve),
      isTraced: isTraced(resolve(deployed.given['TracingConfig'] ?? {})),
    };
    return [{ around, calls: sdkCallsOf(source), policies: () => policiesOf(role, template, resolve), ownerSecret }];
  });
}

function failureQueueOf({ functionName }: DeployedFunction, template: Template, resolve: Resolve): string | undefined {
  const config = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').find(
    ([, { Properties }]) => resolve(Properties['FunctionName'] ?? '') === functionName,
  );
  const destinations = resolve(config?.[1].Properties['DestinationConfig'] ?? {});
  const failure = isObject(destinations) ? destinations['OnFailure'] : undefined;
  return isObject(failure) ? textOf(failure['Destination'] ?? '') : undefined;
}

const isTraced = (config: Json): boolean => isObject(config) && config['Mode'] === 'Active';
