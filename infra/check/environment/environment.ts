import * as z from 'zod';
import { type Finding, findingsOf } from '../finding.ts';
import { type FunctionSource, sectionsOf } from '../sources/functions.ts';
import { didYouMean } from '../template/did-you-mean.ts';
import type { DeployedFunction } from '../world/deployed.ts';

const found = findingsOf('environment');

/** What Lambda sets itself, and refuses to be given. */
const RESERVED =
  /^(AWS_REGION|AWS_DEFAULT_REGION|AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_LAMBDA_\w+)$/;

/** The SDK's own: only the local stack sends its clients elsewhere. */
const ENDPOINT = /^AWS_ENDPOINT_URL/;

/** What a library reads of its own, for a function that imports it; the code never names these. */
const OF_LIBRARIES = [{ from: '@aws-lambda-powertools/logger', variable: 'POWERTOOLS_SERVICE_NAME' }];

/** What Node itself reads, with any function. */
const OF_NODE = 'NODE_OPTIONS';

const shape = z.object({ properties: z.record(z.string(), z.unknown()) });

/** Sections of lib/config.ts by their names. */
export type Sections = Readonly<Record<string, z.core.$ZodType>>;

/** The variables that a section of the configuration has. */
const variablesOf = (section: z.core.$ZodType): string[] =>
  Object.keys(shape.parse(z.toJSONSchema(section, { io: 'input', unrepresentable: 'any' })).properties);

/**
 * Each function is given exactly the variables that its code reads, with values that the code accepts. The code's are
 * those of the sections of the configuration that are named in its bundle.
 */
export function environmentFindings(
  functions: readonly DeployedFunction[],
  sources: readonly FunctionSource[],
  sections: Sections,
): Finding[] {
  return functions.flatMap((deployed) => {
    const source = sources.find(({ name }) => name === deployed.name);
    return source === undefined ? [] : functionFindings(deployed, source, sections);
  });
}

function functionFindings({ name, environment }: DeployedFunction, source: FunctionSource, sections: Sections) {
  const read = new Map<string, string>();
  const findings: Finding[] = [];
  for (const { from, variable } of OF_LIBRARIES) if (importsFrom(source, from)) read.set(variable, from);
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  for (const sectionName of sectionsOf(source)) {
    const section = sections[sectionName];
    if (section === undefined) continue;
    const variables = variablesOf(section).filter((variable) => !isOfAws(variable));
    for (const variable of variables) read.set(variable, `CONFIG.${sectionName}`);
    const parsed = z.safeParse(section, { AWS_REGION: 'us-east-1', ...given });
    for (const { path, message } of parsed.error?.issues ?? []) {
      const variable = path.join('.');
      const at = `${name}.${variable}`;
      if (variable in given) findings.push(found(at, `its value ${message}`));
      else if (variable in environment) findings.push(found(at, 'is empty, and the code requires a value'));
    }
  }
  for (const [variable, section] of read) {
    if (variable in environment) continue;
    const near = didYouMean(variable, Object.keys(environment));
    findings.push(found(`${name}.${variable}`, `is not set, and the code reads it (${section})${near}`));
  }
  for (const variable of Object.keys(environment)) {
    const at = `${name}.${variable}`;
    if (ENDPOINT.test(variable)) findings.push(found(at, 'sends a client of the SDK elsewhere: not on AWS'));
    else if (RESERVED.test(variable)) findings.push(found(at, 'Lambda sets it itself, and refuses to be given it'));
    else if (!read.has(variable) && variable !== OF_NODE) {
      findings.push(found(at, `is set, and the code does not read it${didYouMean(variable, read.keys())}`));
    }
  }
  return findings;
}

const importsFrom = ({ files }: FunctionSource, library: string): boolean =>
  [...files.values()].some(({ imports }) => imports.some(({ from }) => from === library));

const isOfAws = (variable: string): boolean => RESERVED.test(variable) || ENDPOINT.test(variable);
