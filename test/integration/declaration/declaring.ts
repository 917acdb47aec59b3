import { handler as declarationHandler } from '../../../functions/declaration/index.ts';
import type { DeclaredPlugin } from '../../../lib/domain/declaration/document.ts';
import { httpEvent } from '../../support/events.ts';
import { call } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

type Options = {
  readonly query?: Record<string, string>;
  readonly ifMatch?: string;
  /** The body's text, in place of the JSON of `body`. */
  readonly rawBody?: string;
};

/** A plugin as it is declared. */
export const plugin = (name: string, more: Partial<DeclaredPlugin> = {}): DeclaredPlugin => ({
  name,
  version: '1.0.0',
  source: `https://artefacts.example.com/${name}.tgz`,
  sha256: 'a'.repeat(64),
  ...more,
});

/** PUT /workspaces/{id}/declaration, through the handler that Lambda runs. `body` is what is sent, right or wrong. */
export function put(id: string, body: unknown, { query, ifMatch, rawBody = JSON.stringify(body) }: Options = {}) {
  const event = httpEvent('PUT /workspaces/{id}/declaration', {
    id,
    rawBody,
    ...(query === undefined ? {} : { query }),
  });
  const headers = { ...event.headers, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) };
  return call(declarationHandler, { ...event, headers });
}

export const DRY_RUN = { query: { dry_run: 'true' } };
export const FORCE = { query: { force: 'true' } };

/** Declares plugins, with force, for a test that begins there. */
export async function declared(id: string, ...plugins: readonly DeclaredPlugin[]): Promise<void> {
  const { status, body } = await put(id, { plugins }, FORCE);
  if (status !== 200) throw new Error(`not declared: ${JSON.stringify(body)}`);
}

/** GET /workspaces/{id}/declaration */
export const read = (id: string, query?: Record<string, string>) =>
  call(
    declarationHandler,
    httpEvent('GET /workspaces/{id}/declaration', { id, ...(query === undefined ? {} : { query }) }),
  );

/** GET /workspaces/{id}/declaration/history */
export const history = (id: string, query?: Record<string, string>) =>
  call(
    declarationHandler,
    httpEvent('GET /workspaces/{id}/declaration/history', { id, ...(query === undefined ? {} : { query }) }),
  );

/** The declared plugins of a workspace; xmin tells which transaction wrote a row. */
export const rowsOfWorkspace = (id: string) =>
  sql(
    `SELECT name, version, source, sha256, config::text, config_digest, revision, xmin::text AS written_by
     FROM declared_plugins WHERE workspace_id = :id::uuid ORDER BY name`,
    { id },
  );

/** Everything that a declaration could write, of all workspaces. */
export async function written(): Promise<string> {
  const [row] = await sql(
    `SELECT (SELECT jsonb_agg(to_jsonb(w) || jsonb_build_object('by', w.xmin::text) ORDER BY w.id) FROM workspaces w)::text AS workspaces,
       (SELECT jsonb_agg(jsonb_build_array(d.workspace_id, d.version, d.xmin::text) ORDER BY d.workspace_id, d.version)
        FROM declarations d)::text AS declarations,
       (SELECT jsonb_agg(jsonb_build_array(p.workspace_id, p.name, p.xmin::text) ORDER BY p.workspace_id, p.name)
        FROM declared_plugins p)::text AS plugins,
       (SELECT count(*) FROM workspace_events) AS events`,
  );
  return JSON.stringify(row);
}

/** What a workspace owes its runtime, and the version that it owes it for. */
export async function owedBy(id: string) {
  const [row] = await sql(
    `SELECT declaration_version, reconcile_wanted, reconcile_done, reconcile_attempts, reconcile_because,
       reconcile_next_at <= clock_timestamp() AS is_due, reconcile_since > clock_timestamp() - interval '1 minute' AS is_new
     FROM workspaces WHERE id = :id::uuid`,
    { id },
  );
  return row;
}

/** The newest event of a workspace. */
export const lastEventOf = async (id: string) => {
  const [row] = await sql(
    `SELECT event, reason, evidence::text, actor, request_id, generation, instance_id, from_status::text, to_status::text
     FROM workspace_events WHERE workspace_id = :id::uuid ORDER BY id DESC LIMIT 1`,
    { id },
  );
  return { ...row, evidence: JSON.parse(String(row?.['evidence'])) };
};
