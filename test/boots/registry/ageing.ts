import { Pool } from 'pg';

/**
 * $1, a workspace: a runtime that is silent becomes one whose lease has run out, twice where it is degraded for it. A
 * grace of ours is over. The beat is locked before the workspace, as everywhere.
 */
const AGE = `
WITH run_out AS (
  UPDATE heartbeats SET lease_until = clock_timestamp() - make_interval(secs => lease_seconds + 1)
  WHERE workspace_id = $1
  RETURNING workspace_id, lease_seconds
), graced AS (
  UPDATE sweep_state SET grace_until = least(grace_until, clock_timestamp())
)
UPDATE workspaces w SET status_since = w.status_since - make_interval(secs => r.lease_seconds + 1)
FROM run_out r WHERE w.id = r.workspace_id AND w.status = 'degraded'`;

/** Lets time run out, which would take minutes. Nothing else is done to the database from here. */
export class Ageing {
  readonly #pool: Pool;

  /** @param url postgres://… */
  constructor(url: string) {
    this.#pool = new Pool({ connectionString: url, max: 2 });
  }

  async silence(workspaceId: string): Promise<void> {
    await this.#pool.query(AGE, [workspaceId]);
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}
