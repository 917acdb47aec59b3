import { type Finding, findingsOf } from '../finding.ts';
import { isObject, type Json, resourcesOf, type Template } from '../template/template.ts';

const found = findingsOf('template');

type Limited = { readonly type: string; readonly path: readonly string[]; readonly takes: RegExp };

/** In descriptions of groups and of their rules EC2 takes no apostrophe, and no letter outside of ASCII. */
const OF_GROUPS = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** Texts of which AWS refuses some that the specification, which knows no patterns, lets pass. */
const LIMITED: readonly Limited[] = [
  { type: 'AWS::EC2::SecurityGroup', path: ['GroupDescription'], takes: OF_GROUPS },
  { type: 'AWS::EC2::SecurityGroup', path: ['SecurityGroupEgress', 'Description'], takes: OF_GROUPS },
  { type: 'AWS::EC2::SecurityGroup', path: ['SecurityGroupIngress', 'Description'], takes: OF_GROUPS },
  { type: 'AWS::IAM::Role', path: ['Description'], takes: /^[\t\n\r\u0020-\u007e\u00a1-\u00ff]{0,1000}$/ },
];

/** Texts with a letter that their service refuses; what only a deployment knows is taken as it is. */
export function textFindings(template: Template): Finding[] {
  return LIMITED.flatMap(({ type, path, takes }) =>
    resourcesOf(template, type).flatMap(([id, { Properties }]) =>
      textsAt(Properties, path)
        .filter((text) => !takes.test(text))
        .map((text) => found(`${id}.Properties.${path.join('.')}`, `${type} refuses ${JSON.stringify(text)}`)),
    ),
  );
}

function textsAt(value: Json | undefined, path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, path));
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === 'string' ? [value] : [];
  return isObject(value) ? textsAt(value[key], rest) : [];
}
