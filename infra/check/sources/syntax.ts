import { type CallExpression, type MemberExpression, parseSync, Visitor } from 'oxc-parser';

/** A value that a file imports; types are left out. */
export type Import = { readonly from: string; readonly name: string; readonly local: string };

/** A call in a file: `operator.operate('stop', …)` is of `operate`, its first argument `'stop'`, or a name. */
export type Called = {
  readonly name: string;
  readonly text: string | undefined;
  readonly identifier: string | undefined;
};

export type Syntax = {
  readonly imports: readonly Import[];
  /** The properties that are read of a name: `CONFIG.database` is `database` of `CONFIG`. */
  readonly read: (object: string) => string[];
  readonly calls: readonly Called[];
};

/** @throws Error for a text that does not parse */
export function syntaxOf(path: string, text: string): Syntax {
  const { program, module, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const calls: Called[] = [];
  const members: MemberExpression[] = [];
  new Visitor({
    CallExpression: (call) => calls.push(calledBy(call)),
    MemberExpression: (member) => members.push(member),
  }).visit(program);
  return {
    imports: module.staticImports.flatMap(({ moduleRequest, entries }) =>
      entries
        .filter(({ isType }) => !isType)
        .map(({ importName, localName }) => ({
          from: moduleRequest.value,
          name: importName.name ?? importName.kind,
          local: localName.value,
        })),
    ),
    read: (object) => [...new Set(members.flatMap((member) => propertyOf(member, object)))],
    calls,
  };
}

function propertyOf({ object, property }: MemberExpression, name: string): string[] {
  if (object.type !== 'Identifier' || object.name !== name) return [];
  return property.type === 'Identifier' ? [property.name] : [];
}

function calledBy({ callee, arguments: [first] }: CallExpression): Called {
  const target = callee.type === 'MemberExpression' ? callee.property : callee;
  return {
    name: target.type === 'Identifier' ? target.name : '',
    text: first?.type === 'Literal' && typeof first.value === 'string' ? first.value : undefined,
    identifier: first?.type === 'Identifier' ? first.name : undefined,
  };
}
