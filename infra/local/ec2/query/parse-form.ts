import { Ec2Error } from './ec2-error.ts';

/** The parameters of an EC2 Query request as a tree: `Filter.1.Value.2=x` is `{ Filter: { 1: { Value: { 2: 'x' } } } }`. */
export type ParameterTree = { [name: string]: string | ParameterTree };

function newTree(): ParameterTree {
  const tree: ParameterTree = {};
  Object.setPrototypeOf(tree, null);
  return tree;
}

/**
 * Reads a form-urlencoded body into a tree. The trees have no prototype, so that no parameter name can reach one.
 * @throws {Ec2Error} MalformedQueryString when a parameter is both a value and a structure.
 */
export function parseForm(body: string): ParameterTree {
  const root = newTree();
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split('.');
    const leaf = path.pop() ?? '';
    const branch = path.reduce((tree, step) => descend(tree, step, name), root);
    if (typeof branch[leaf] === 'object') throw malformed(name);
    branch[leaf] = value;
  }
  return root;
}

function descend(tree: ParameterTree, step: string, name: string): ParameterTree {
  const next = tree[step] ?? newTree();
  if (typeof next === 'string') throw malformed(name);
  tree[step] = next;
  return next;
}

function malformed(name: string): Ec2Error {
  return new Ec2Error('MalformedQueryString', `The query string contains a syntax error at ${name}`);
}
