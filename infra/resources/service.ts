import * as z from 'zod';

/** What the framework hands to a function in a file that it reads values from. */
export type Framework = {
  readonly resolveConfigurationProperty: (path: readonly string[]) => Promise<unknown>;
  readonly resolveVariable: (variable: string) => Promise<unknown>;
};

/** A route as API Gateway calls it: `POST /workspaces`, or `$default`. */
const routeKey = z
  .union([z.string(), z.object({ method: z.string(), path: z.string() })])
  .transform((given) => (typeof given === 'string' ? given : `${given.method} ${given.path}`))
  .transform((given) => (given === '*' ? '$default' : given));

const event = z.object({ httpApi: routeKey.optional(), schedule: z.string().optional() });
const functions = z.record(z.string(), z.object({ events: z.array(event) }));

/** What serverless.yml says of when each function runs. */
export type Service = readonly {
  readonly name: string;
  readonly routes: readonly string[];
  readonly isScheduled: boolean;
}[];

/** @throws what zod throws, when serverless.yml says it in a form that is not read here */
export async function readService({ resolveConfigurationProperty }: Framework): Promise<Service> {
  const given = functions.parse(await resolveConfigurationProperty(['functions']));
  return Object.entries(given).map(([name, { events }]) => ({
    name,
    routes: events.flatMap(({ httpApi }) => httpApi ?? []),
    isScheduled: events.some(({ schedule }) => schedule !== undefined),
  }));
}
