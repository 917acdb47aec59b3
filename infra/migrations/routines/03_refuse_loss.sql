-- History and identity are never lost: rows are not deleted (removed is a status), events are not rewritten.
-- SQLSTATE MU005.
CREATE OR REPLACE FUNCTION refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: its rows are kept', TG_OP, TG_TABLE_NAME USING ERRCODE = 'MU005';
END
$$;

CREATE OR REPLACE TRIGGER refuse_loss BEFORE DELETE OR TRUNCATE ON workspaces FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_loss();

ALTER TABLE workspaces ENABLE ALWAYS TRIGGER refuse_loss;

CREATE OR REPLACE TRIGGER refuse_loss BEFORE DELETE OR TRUNCATE ON heartbeats FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_loss();

ALTER TABLE heartbeats ENABLE ALWAYS TRIGGER refuse_loss;

-- For each row, so that every partition gets it too; TRUNCATE has none, so each partition has a trigger of its own.
CREATE OR REPLACE TRIGGER refuse_loss BEFORE UPDATE OR DELETE ON workspace_events FOR EACH ROW
  EXECUTE FUNCTION refuse_loss();

ALTER TABLE workspace_events ENABLE ALWAYS TRIGGER refuse_loss;

CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON workspace_events FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_loss();

ALTER TABLE workspace_events ENABLE ALWAYS TRIGGER refuse_truncate;

CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON workspace_events_default FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_loss();

ALTER TABLE workspace_events_default ENABLE ALWAYS TRIGGER refuse_truncate;
