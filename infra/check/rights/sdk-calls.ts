import type { FunctionSource } from '../sources/functions.ts';
import type { Import } from '../sources/syntax.ts';

/** What calls no service, or only what another import of the same file calls with. */
const SILENT_PACKAGES = [
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/metrics',
  '@aws-lambda-powertools/parameters/errors',
  '@aws-sdk/core',
  '@aws-sdk/credential-provider-node',
];

/** The operations of operate-instances.ts are reached together, and ordered by their names: `operate('stop', …)`. */
const OPERATIONS = ['Start', 'Stop', 'Reboot', 'Terminate'].map((verb) => ({
  call: `@aws-sdk/client-ec2 ${verb}Instances`,
  operation: verb.toLowerCase(),
}));

/**
 * What a function asks of AWS: `@aws-sdk/client-ec2 RunInstances` for each command, paginator and provider that the
 * files of its bundle import. What is imported and cannot be told to call nothing counts as a call.
 */
export function sdkCallsOf({ files }: FunctionSource): string[] {
  const imported = [...files.values()].flatMap(({ imports }) => imports.flatMap(callIn));
  const orders = [...files.values()].flatMap(({ calls }) => calls.filter(({ name }) => name === 'operate'));
  const isOrdered = (operation: string) => orders.some(({ text = operation }) => text === operation);
  const unordered = OPERATIONS.filter(({ operation }) => !isOrdered(operation)).map(({ call }) => call);
  return [...new Set(imported)].filter((call) => !unordered.includes(call)).sort();
}

function callIn({ from, name }: Import): string[] {
  if (!/^@aws-(sdk|lambda-powertools)\//.test(from)) return [];
  if (SILENT_PACKAGES.some((silent) => from === silent || from.startsWith(`${silent}/`))) return [];
  if (from.startsWith('@aws-sdk/client-') && /(Client|Exception)$/.test(name)) return [];
  return [`${from} ${name.replace(/^paginate/, '').replace(/Command$/, '')}`];
}
