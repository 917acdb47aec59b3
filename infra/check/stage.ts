import type * as z from 'zod';
import { DEPLOYED } from '../resources/functions.ts';
import { environmentFindings, type Sections } from './environment/environment.ts';
import { deadLetterFindings } from './events/dead-letters.ts';
import { permissionFindings } from './events/permissions.ts';
import { type Callers, routeFindings } from './events/routes.ts';
import { type Document, ruleFindings } from './events/rules.ts';
import { settingFindings } from './events/settings.ts';
import type { Finding } from './finding.ts';
import { absentFindings } from './references/absent.ts';
import { circleFindings } from './references/circles.ts';
import { referenceFindings } from './references/references.ts';
import { holdersOf } from './rights/holders.ts';
import { rightFindings } from './rights/rights.ts';
import { safeguardFindings } from './safeguards/safeguards.ts';
import type { FunctionSource } from './sources/functions.ts';
import type { Spec } from './spec/database.ts';
import { specFindings } from './spec/spec.ts';
import { textFindings } from './spec/texts.ts';
import type { Json, Template } from './template/template.ts';
import { deployedFunctions } from './world/deployed.ts';
import { type Resolver, resolverOf, textOf } from './world/resolve.ts';
import { exampleFindings, exportsOf, placeOf, VARIANTS } from './world/variants.ts';

/** What the sources say, whatever the template. */
export type Sources = {
  readonly spec: Spec;
  readonly functions: readonly FunctionSource[];
  readonly schemas: ReadonlyMap<string, z.core.$ZodType | undefined>;
  readonly documents: readonly Document[];
  readonly sections: Sections;
};

/** The templates of one stage: what keeps the state, and what runs the code. */
export type Templates = { readonly stage: string; readonly data: Template; readonly service: Template };

/** Everything that can be said of a stage's templates without deploying them. */
export async function stageFindings({ stage, data, service }: Templates, sources: Sources): Promise<Finding[]> {
  const exported = exportsOf(data, `muster-data-${stage}`);
  return [
    ...templateFindings(data, `muster-data-${stage}`, new Map(), sources.spec),
    ...templateFindings(service, `muster-${stage}`, exported, sources.spec),
    ...(
      await Promise.all(VARIANTS.map((variant) => variantFindings(service, stage, exported, variant, sources)))
    ).flat(),
  ];
}

/** What CloudFormation itself would refuse, and what it would not though it should. `imports` is what the stacks before it export. */
export function templateFindings(
  template: Template,
  stack: string,
  imports: ReadonlyMap<string, Json>,
  spec: Spec,
): Finding[] {
  const resolverWith = (parameters: Readonly<Record<string, string>>): Resolver =>
    resolverOf(template, { place: placeOf(stack), parameters, imports });
  const { resolve } = resolverWith({});
  const known = { spec, exports: new Set(imports.keys()), textOf: (value: Json) => textOf(resolve(value)) };
  return [
    ...specFindings(template, spec),
    ...textFindings(template),
    ...referenceFindings(template, known),
    ...circleFindings(template),
    ...safeguardFindings(template),
    ...exampleFindings(template),
    ...VARIANTS.flatMap(({ name, parameters }) => absentFindings(template, resolverWith(parameters), name)),
  ];
}

/** As infra/resources/functions.ts has them; serverless.yml says by itself which routes are signed. */
const CALLERS: Callers = new Map(
  DEPLOYED.flatMap(({ name, caller }) => (caller === undefined ? [] : [[name, caller] as const])),
);

async function variantFindings(
  service: Template,
  stage: string,
  imports: ReadonlyMap<string, Json>,
  { parameters }: (typeof VARIANTS)[number],
  { functions: sources, schemas, documents, sections }: Sources,
): Promise<Finding[]> {
  const place = placeOf(`muster-${stage}`);
  const { resolve, isMade } = resolverOf(service, { place, parameters, imports });
  const made = Object.entries(service.Resources).filter(([id]) => isMade(id));
  const template = { ...service, Resources: Object.fromEntries(made) };
  const functions = deployedFunctions(template, resolve);
  const ownerSecret = textOf(imports.get(`muster-data-${stage}-OwnerSecretArn`) ?? '');
  const holders = holdersOf({ template, resolve, place, parameters, ownerSecret }, functions, sources);
  return [
    ...environmentFindings(functions, sources, sections),
    ...settingFindings(template, functions, sources, resolve),
    ...routeFindings({ template, resolve, functions, callers: CALLERS }),
    ...permissionFindings(template, resolve),
    ...deadLetterFindings(template, resolve),
    ...ruleFindings({ template, resolve, functions, sources, schemas, documents }),
    ...(await Promise.all(holders.map(rightFindings))).flat(),
  ];
}
