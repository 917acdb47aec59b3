-- The law of the status table. A status changes only with its cause in the same UPDATE, and what a change owes is
-- written by this trigger, so that no code path and no hand can change a status without it.
-- SQLSTATEs: MU001 cause without a change, MU002 no or incomplete cause, MU003 transition not listed,
-- MU004 operation not allowed.
CREATE OR REPLACE FUNCTION enforce_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  event_name text := NEW.cause ->> 'event';
  rule status_transitions%ROWTYPE;
  owed ec2_operation;
  changed_at timestamptz := clock_timestamp();
  under_way boolean;
BEGIN
  IF NEW.status IS NOT DISTINCT FROM OLD.status THEN
    RAISE EXCEPTION 'workspace %: a cause without a status change', OLD.id USING ERRCODE = 'MU001';
  END IF;
  IF event_name IS NULL OR NEW.cause ->> 'reason' IS NULL OR COALESCE(NEW.cause ->> 'actor', '') = '' THEN
    RAISE EXCEPTION 'workspace %: status % to % without its cause (event, reason, actor)',
      OLD.id, OLD.status, NEW.status USING ERRCODE = 'MU002';
  END IF;

  SELECT * INTO rule FROM status_transitions
    WHERE event = event_name AND from_status = OLD.status AND to_status = NEW.status;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'workspace %: % does not lead from % to %', OLD.id, event_name, OLD.status, NEW.status
      USING ERRCODE = 'MU003';
  END IF;

  owed := CAST(NEW.cause ->> 'owes' AS ec2_operation);
  IF owed IS NOT NULL AND owed <> ALL (rule.owes) THEN
    RAISE EXCEPTION 'workspace %: % from % may not owe %', OLD.id, event_name, OLD.status, owed
      USING ERRCODE = 'MU004';
  END IF;

  INSERT INTO workspace_events
    (workspace_id, at, event, from_status, to_status, reason, evidence, actor, request_id, owes, generation, instance_id)
  VALUES
    (OLD.id, changed_at, event_name, OLD.status, NEW.status, NEW.cause ->> 'reason',
     COALESCE(NEW.cause -> 'evidence', '{}'), NEW.cause ->> 'actor', NEW.cause ->> 'request_id', owed,
     NEW.generation, COALESCE(NEW.instance_id, OLD.instance_id));

  NEW.status_since := changed_at;
  NEW.status_reason := NEW.cause ->> 'reason';
  NEW.updated_at := changed_at;
  NEW.absent_since := NULL;
  NEW.absent_seen := 0;
  NEW.absent_cycle := NULL;
  IF rule.wants_reconcile THEN
    NEW.reconcile_wanted := NEW.reconcile_wanted + 1;
    NEW.reconcile_attempts := 0;
    NEW.reconcile_next_at := changed_at;
    -- One that only came to be healthy again has not booted: what it waits for, it waits for since then.
    IF OLD.status <> 'degraded' OR OLD.reconcile_since IS NULL THEN
      NEW.reconcile_since := changed_at;
      NEW.reconcile_because := event_name;
    END IF;
  END IF;
  -- An operation that was only just asked of EC2 is what its own statement makes of it. A launch that is under way stays
  -- so while the workspace is to live: its instance still has to be recorded, and is the new boot that a restart asks
  -- for. Any other change replaces what is owed. A workspace that keeps failing waits longer each time, and no answer is
  -- taken that may be older than what was asked.
  under_way := COALESCE(OLD.ec2_op = 'launch', false) AND OLD.ec2_op_asked_at IS NOT NULL AND NEW.instance_id IS NULL
    AND NEW.status IN ('provisioning', 'online', 'degraded', 'offline');
  IF event_name NOT IN ('launched', 'started', 'rebooted') AND NOT under_way THEN
    NEW.ec2_op := owed;
    NEW.ec2_op_asked_at := NULL;
    NEW.ec2_absent_since := NULL;
    NEW.ec2_stopping_since := NULL;
    -- Silence alone is a reason for a power cycle, and its statement says whether there is one. Any other change ends
    -- what was left of it: no instance is stopped for what an older status was.
    NEW.power_cycle := NEW.power_cycle AND event_name = 'lease_expired';
    NEW.ec2_next_at := CASE WHEN owed IS NOT NULL
      THEN greatest(changed_at + ec2_backoff(NEW.ec2_attempts), NEW.ec2_settles_at) END;
  ELSIF owed IS NOT NULL THEN
    NEW.ec2_next_at := least(NEW.ec2_next_at, changed_at);
  END IF;
  -- Whoever speaks before the stop of a power cycle has taken hold does not make it a person's, as EC2 will call it.
  IF OLD.power_stop_asked_at IS NOT NULL THEN
    NEW.stopped_by := 'muster';
  END IF;
  NEW.cause := NULL;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER enforce_transition BEFORE UPDATE ON workspaces FOR EACH ROW
  WHEN (NEW.status IS DISTINCT FROM OLD.status OR NEW.cause IS NOT NULL)
  EXECUTE FUNCTION enforce_transition();

ALTER TABLE workspaces ENABLE ALWAYS TRIGGER enforce_transition;
