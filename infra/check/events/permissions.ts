import { type Finding, findingsOf } from '../finding.ts';
import { resourcesOf, type Template } from '../template/template.ts';
import { type Resolve, textOf } from '../world/resolve.ts';

const found = findingsOf('event');

/** Whom functions let call them, beside their roles: anyone only through a function URL, services only for one source. */
export function permissionFindings(template: Template, resolve: Resolve): Finding[] {
  const permissions = resourcesOf(template, 'AWS::Lambda::Permission');
  const opens = (target: string, action: string) =>
    permissions.some(
      ([, { Properties }]) =>
        Properties['Principal'] === '*' &&
        Properties['Action'] === action &&
        textOf(resolve(Properties['FunctionName'] ?? '')) === target,
    );
  return [
    ...permissions.flatMap(([id, { Properties }]) => {
      const { Principal, FunctionUrlAuthType, InvokedViaFunctionUrl, SourceArn } = Properties;
      if (SourceArn !== undefined) return [];
      const isOfUrl = FunctionUrlAuthType !== undefined || String(InvokedViaFunctionUrl) === 'true';
      return Principal === '*' && isOfUrl ? [] : [found(id, `lets ${textOf(Principal ?? '')} call from anywhere`)];
    }),
    ...resourcesOf(template, 'AWS::Lambda::Url').flatMap(([id, { Properties }]) =>
      ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction']
        .filter((action) => !opens(textOf(resolve(Properties['TargetFunctionArn'] ?? '')), action))
        .map((action) => found(id, `no AWS::Lambda::Permission gives its callers ${action}: each is answered 403`)),
    ),
  ];
}
