-- A new row is an event of its own. AFTER INSERT: a BEFORE trigger would write its event although ON CONFLICT then
-- keeps the row out.
CREATE OR REPLACE FUNCTION begin_workspace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM status_transitions
    WHERE event = 'created' AND from_status IS NULL AND to_status = NEW.status
      AND (NEW.ec2_op IS NULL OR NEW.ec2_op = ANY (owes));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'workspace %: a workspace does not begin as %, owing %', NEW.id, NEW.status, NEW.ec2_op
      USING ERRCODE = 'MU003';
  END IF;

  INSERT INTO workspace_events
    (workspace_id, event, from_status, to_status, reason, evidence, actor, request_id, owes, generation, instance_id)
  VALUES
    (NEW.id, 'created', NULL, NEW.status, 'created', jsonb_build_object('name', NEW.name, 'runtime', NEW.runtime),
     NEW.created_by ->> 'actor', NEW.created_by ->> 'request_id', NEW.ec2_op, NEW.generation, NEW.instance_id);

  -- Two boot timeouts: the token is still good when a boot that was slow, but in time, retries its register.
  INSERT INTO heartbeats (workspace_id, external, generation, bootstrap_until)
  VALUES (NEW.id, NEW.launch IS NULL, NEW.generation,
          clock_timestamp() + make_interval(secs => 2 * NEW.boot_timeout_seconds));
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER begin_workspace AFTER INSERT ON workspaces FOR EACH ROW
  EXECUTE FUNCTION begin_workspace();

ALTER TABLE workspaces ENABLE ALWAYS TRIGGER begin_workspace;
