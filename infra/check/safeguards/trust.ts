import { type Finding, findingsOf } from '../finding.ts';
import { isObject, listOf, type Resource } from '../template/template.ts';

const found = findingsOf('safeguard');

/** Who may take a role on: Lambda alone, whatever else its rights are limited to. */
export function trustFindings(id: string, { Properties }: Resource): Finding[] {
  const document = Properties['AssumeRolePolicyDocument'];
  const statements = isObject(document) ? listOf(document['Statement']) : [];
  const allowing = statements.filter((statement) => isObject(statement) && statement['Effect'] === 'Allow');
  if (allowing.length === 0) return [found(id, 'may be taken on by nobody')];
  return allowing.flatMap((statement) => {
    const principal = isObject(statement) ? statement['Principal'] : undefined;
    const isLambda =
      isObject(principal) &&
      Object.keys(principal).join() === 'Service' &&
      listOf(principal['Service']).every((service) => service === 'lambda.amazonaws.com');
    return isLambda
      ? []
      : [found(id, `may be taken on by ${JSON.stringify(principal) ?? 'anyone'}, not by Lambda alone`)];
  });
}
