import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Statement } from './policies.ts';
import type { Request } from './request.ts';

/**
 * Whether IAM would allow it by these statements alone.
 * @throws Error for a statement, an action or a resource that IAM does not know
 */
export async function isAllowed(
  statements: readonly Statement[],
  { action, resource, context }: Request,
  account: string,
) {
  // What is said of other services decides nothing; most of what is asked is of a service that a role says nothing of.
  const said = statements.filter(({ Action }) => Action.some((one) => one === '*' || isOfSameService(one, action)));
  if (said.length === 0) return false;
  const identityPolicies = [{ name: 'role', policy: { Version: '2012-10-17', Statement: said } }];
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/example`,
        action,
        resource: { resource, accountId: account },
        contextVariables: { ...context },
      },
      identityPolicies,
      ...(action.startsWith('kms:') ? { resourcePolicy: keyPolicyOf(account) } : {}),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (outcome.resultType !== 'error') return outcome.overallResult === 'Allowed';
  const { message, identityPolicyErrors = {} } = outcome.errors;
  const errors = Object.values(identityPolicyErrors).flat();
  throw new Error(
    [`${action} on ${resource}`, message, ...errors.map((error) => `${error.path}: ${error.message}`)].join('; '),
  );
}

const isOfSameService = (one: string, other: string): boolean => one.split(':')[0] === other.split(':')[0];

/** As KMS makes keys: whom the account lets use it, the key lets use it. Without that no policy of a role counts. */
const keyPolicyOf = (account: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }],
});
