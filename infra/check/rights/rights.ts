import { type Finding, findingsOf } from '../finding.ts';
import { CALLS } from './calls.ts';
import { forbidden } from './forbidden.ts';
import { IMPLICIT } from './implicit.ts';
import type { RolePolicies, Statement } from './policies.ts';
import type { Request, Surroundings } from './request.ts';
import { isAllowed } from './simulate.ts';
import { wideFindings } from './wide.ts';

const found = findingsOf('right');

/** A function, what its code calls (sdkCallsOf), and what its role lets it do. */
export type Holder = {
  readonly around: Surroundings;
  readonly calls: readonly string[];
  /** @throws Error for a policy that is none */
  readonly policies: () => RolePolicies;
  /** The ARN of the login that only migrations use. */
  readonly ownerSecret: string;
};

/**
 * Every call is allowed, what no function may do is denied, and no statement allows what no call needs.
 */
export async function rightFindings({ around, calls, policies, ownerSecret }: Holder): Promise<Finding[]> {
  const { name } = around.deployed;
  const unknown = calls.filter((call) => !(call in CALLS));
  const needs = needsOf(around, calls);
  try {
    const { statements, managed } = policies();
    const isAllowedBy = (some: readonly Statement[], one: Request) => isAllowed(some, one, around.place.account);
    return [
      ...unknown.map((call) =>
        found(name, `calls ${call}, of which nobody has said what it needs: infra/check/rights/calls.ts`),
      ),
      ...managed.map((arn) => found(name, `has the managed policy ${arn}: name its rights one by one`)),
      ...(await missing(name, needs, (one) => isAllowedBy(statements, one))),
      ...(await excessive(name, forbidden(around, ownerSecret), (one) => isAllowedBy(statements, one))),
      ...(await unused(name, statements, needs, isAllowedBy)),
      ...(await wideFindings(name, statements, new Set(needs.map(({ request }) => request.action)))),
    ];
  } catch (error) {
    return [found(name, `its policy cannot be judged: ${error instanceof Error ? error.message : String(error)}`)];
  }
}

type Need = { readonly reason: string; readonly request: Request };

function needsOf(around: Surroundings, calls: readonly string[]): Need[] {
  const implicit = IMPLICIT.filter((one) => one.with === undefined || calls.includes(one.with));
  return [
    ...calls.flatMap((call) => (CALLS[call]?.(around) ?? []).map((request) => ({ reason: call, request }))),
    ...implicit.flatMap(({ reason, requests }) => requests(around).map((request) => ({ reason, request }))),
  ];
}

type Asks = (one: Request) => Promise<boolean>;

async function missing(name: string, needs: readonly Need[], isAllowed: Asks): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { reason, request } of needs) {
    if (await isAllowed(request)) continue;
    findings.push(found(name, `may not ${shown(request)}, which it needs (${reason})`));
  }
  return findings;
}

async function excessive(name: string, list: ReturnType<typeof forbidden>, isAllowed: Asks): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [what, request] of list) {
    if (await isAllowed(request)) findings.push(found(name, `may ${shown(request)}: ${what}`));
  }
  return findings;
}

/** Each action on each resource of each statement is needed by a request. */
async function unused(
  name: string,
  statements: readonly Statement[],
  needs: readonly Need[],
  isAllowedBy: (some: readonly Statement[], one: Request) => Promise<boolean>,
): Promise<Finding[]> {
  const isNeeded = async (statement: Statement): Promise<boolean> => {
    for (const { request } of needs) if (await isAllowedBy([statement], request)) return true;
    return false;
  };
  const findings: Finding[] = [];
  for (const one of statements.filter(({ Effect }) => Effect === 'Allow').flatMap(pairsOf)) {
    if (await isNeeded(one)) continue;
    const what = `${one.Action.join()} on ${one.Resource.join()}`;
    findings.push(found(name, `may ${what}, which nothing that it calls needs`));
  }
  return findings;
}

const pairsOf = (statement: Statement): Statement[] =>
  statement.Action.flatMap((action) =>
    statement.Resource.map((resource) => ({ ...statement, Action: [action], Resource: [resource] })),
  );

const shown = ({ action, resource }: Request): string => (resource === '*' ? action : `${action} on ${resource}`);
