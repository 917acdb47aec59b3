import * as z from 'zod';
import { resourcesOf, type Template } from '../template/template.ts';
import type { Resolve } from '../world/resolve.ts';

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: list,
  Resource: list,
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

const document = z.object({
  Version: z.string(),
  Statement: z.union([z.array(statement), statement.transform((one) => [one])]),
});

const rolePolicies = z.object({
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.object({ PolicyDocument: document })).default([]),
});

const attached = z.object({
  Roles: z.array(z.string()).default([]),
  RoleName: z.string().optional(),
  PolicyDocument: document,
});

export type Statement = z.output<typeof statement>;

/** What a role may do: its own statements and those of the policies that name it. */
export type RolePolicies = { readonly statements: readonly Statement[]; readonly managed: readonly string[] };

/** @throws z.ZodError for a policy that is none of what a role of ours can have */
export function policiesOf(role: string, template: Template, resolve: Resolve): RolePolicies {
  const { ManagedPolicyArns, Policies } = rolePolicies.parse(resolve(template.Resources[role]?.Properties ?? {}));
  const name = resolve({ Ref: role });
  const others = ['AWS::IAM::Policy', 'AWS::IAM::RolePolicy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    resourcesOf(template, type).map(([, { Properties }]) => attached.parse(resolve(Properties))),
  );
  const own = others.filter(({ Roles, RoleName }) => [...Roles, RoleName].some((one) => one === name));
  return {
    statements: [...Policies, ...own].flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    managed: ManagedPolicyArns,
  };
}
