import type { Login } from '../../infra/local/postgres/owner-role.ts';

/** What the run's one PostgreSQL and its servers tell every test file. */
export type RunServers = {
  /** As a superuser, for what a test looks at or arranges behind the Data API's back. */
  readonly postgres: { readonly host: string; readonly port: number; readonly user: string; readonly password: string };
  /** Owns every database: whom the Data API connects as for {@link OWNER_SECRET_ARN}. */
  readonly owner: Login;
  /** The functions' role: whom it connects as for {@link SECRET_ARN}. */
  readonly application: Login;
  readonly dataApi: string;
  readonly secrets: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    readonly servers: RunServers;
  }
}

export const TEMPLATE_DATABASE = 'muster_template';
export const CLUSTER_ARN = 'arn:aws:rds:us-east-1:000000000000:cluster:muster-test';
/** What the functions log in to the database with, and what migrations and the tests' own statements do. */
export const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:muster-test';
export const OWNER_SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:muster-owner-test';
export const LAUNCH_TEMPLATE_ID = 'lt-0123456789abcdef0';
export const TOKEN_SECRET_ID = 'muster/tokens';

/** Whom each secret logs in as. */
export const loginsOf = ({ owner, application }: Pick<RunServers, 'owner' | 'application'>) =>
  new Map([
    [OWNER_SECRET_ARN, owner],
    [SECRET_ARN, application],
  ]);

/** The signing keys of the tests: two, as during a rotation. */
export const SIGNING_SECRET = JSON.stringify({
  current: 'k2',
  keys: {
    k1: Buffer.alloc(32, 1).toString('base64url'),
    k2: Buffer.alloc(32, 2).toString('base64url'),
  },
});
