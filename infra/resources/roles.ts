import type { Value } from './cloudformation.ts';
import { DEPLOYED, logicalNameOf, roleIdOf } from './functions.ts';
import {
  deadLetters,
  inTemplate,
  logsIn,
  STATEMENTS_OF_CALLS,
  STATEMENTS_OF_SECTIONS,
  type Statement,
  tracing,
} from './statements.ts';

const VERSION = '2012-10-17';

const assumedByLambda: Value = {
  Version: VERSION,
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

function roleOf({ name, reads, calls, caller }: (typeof DEPLOYED)[number]): Value {
  const statements: readonly Statement[] = [
    logsIn(`${logicalNameOf(name)}LogGroup`),
    ...reads.flatMap((section) => STATEMENTS_OF_SECTIONS[section]),
    ...calls.flatMap((call) => STATEMENTS_OF_CALLS[call]),
    // What no HTTP call waits for is invoked asynchronously, and what fails there goes to the queue.
    ...(caller === undefined ? [deadLetters] : []),
    tracing,
  ];
  const said = new Map(statements.map((statement) => [JSON.stringify(statement), inTemplate(statement)]));
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      Description: `What the function ${name} of the registry may do`,
      AssumeRolePolicyDocument: assumedByLambda,
      Policies: [{ PolicyName: 'calls', PolicyDocument: { Version: VERSION, Statement: [...said.values()] } }],
    },
  };
}

/** A role for every function. */
export const roles = {
  Resources: Object.fromEntries(DEPLOYED.map((deployed) => [roleIdOf(deployed.name), roleOf(deployed)])),
};
