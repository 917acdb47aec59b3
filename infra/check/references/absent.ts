import { type Finding, findingsOf } from '../finding.ts';
import type { Template } from '../template/template.ts';
import type { Resolver } from '../world/resolve.ts';

const found = findingsOf('template');

/** References to resources that a stack does not have, since their conditions do not hold in it. */
export function absentFindings({ Resources, Outputs }: Template, resolver: Resolver, variant: string): Finding[] {
  const { resolve, isMade, takeAbsent } = resolver;
  const holds = (condition: string | undefined) =>
    condition === undefined || resolve({ 'Fn::If': [condition, true, false] }) === true;
  takeAbsent();
  const ofResources = Object.entries(Resources).flatMap(([id, { Properties, DependsOn }]) => {
    if (!isMade(id)) return [];
    resolve(Properties);
    const waits = DependsOn.filter((name) => name in Resources && !isMade(name));
    return [...takeAbsent(), ...waits].map((absent) => at(id, absent, variant));
  });
  const ofOutputs = Object.entries(Outputs).flatMap(([id, { Value, Condition }]) => {
    if (!holds(Condition)) return [];
    resolve(Value);
    return takeAbsent().map((absent) => at(`Outputs.${id}`, absent, variant));
  });
  return [...ofResources, ...ofOutputs];
}

const at = (id: string, absent: string, variant: string): Finding =>
  found(id, `refers to ${absent}, which a stack with ${variant} parameters does not have`);
