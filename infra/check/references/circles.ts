import { type Finding, findingsOf } from '../finding.ts';
import { attributeIn, substitutionIn, variablesIn } from '../template/intrinsic.ts';
import type { Template } from '../template/template.ts';
import { type Call, callsIn } from '../template/walk.ts';

const found = findingsOf('template');

/** Resources that wait for one another: CloudFormation refuses the whole template. One finding a circle. */
export function circleFindings({ Resources }: Template): Finding[] {
  const needs = new Map(
    Object.entries(Resources).map(([id, { Properties, DependsOn }]) => [
      id,
      [...new Set([...DependsOn, ...[...callsIn(Properties, id)].flatMap(idsIn)])].filter((name) => name in Resources),
    ]),
  );
  const done = new Set<string>();
  const findings: Finding[] = [];
  const visit = (id: string, path: readonly string[]): void => {
    const start = path.indexOf(id);
    if (start >= 0) findings.push(found(id, `waits for itself: ${[...path.slice(start), id].join(' → ')}`));
    if (start >= 0 || done.has(id)) return;
    for (const need of needs.get(id) ?? []) visit(need, [...path, id]);
    done.add(id);
  };
  for (const id of needs.keys()) visit(id, []);
  return findings;
}

/** The resources that a call names. */
function idsIn({ name, argument }: Call): string[] {
  if (name === 'Ref') return typeof argument === 'string' ? [argument] : [];
  if (name === 'Fn::GetAtt') return [attributeIn(argument)?.id ?? ''];
  if (name !== 'Fn::Sub') return [];
  return variablesIn(substitutionIn(argument).text).map((variable) => variable.split('.')[0] ?? '');
}
