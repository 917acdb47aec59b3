-- runs with: previous code
-- The functions' own role: what it has no right to, no mistake in their code can do. It owns nothing, so it can neither
-- disable a trigger nor change a table. It logs in once its password is set, which a migration run does after this.
DO $$
BEGIN
  CREATE ROLE muster_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- roles are the cluster's: another database of it has made this one
END
$$;

-- In a database that was upgraded from PostgreSQL 14 or earlier, everybody may create there.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

GRANT USAGE ON SCHEMA public TO muster_app;

-- What comes later is readable, and each migration grants by name what its tables need beyond that.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO muster_app;

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO muster_app;

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO muster_app;

-- Locking a row takes the right to update it.
GRANT INSERT, UPDATE ON workspaces, heartbeats TO muster_app;

GRANT INSERT ON workspace_events, declarations TO muster_app;

GRANT INSERT, UPDATE, DELETE ON
  declared_plugins, installed_plugins, plans, idempotency_keys, orphan_sightings, hints TO muster_app;

GRANT INSERT, UPDATE ON silence_held TO muster_app;

GRANT UPDATE ON sweep_state, launch_rate, hint_answerer TO muster_app;
