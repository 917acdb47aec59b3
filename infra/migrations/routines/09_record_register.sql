-- One register in one call; refusals as in record_heartbeat. The heartbeats row is locked before it is read: which
-- boot was there before decides whether this is a new one. A bootstrap token outlives our own outage: it is good until
-- the grace after it is over.
CREATE OR REPLACE FUNCTION record_register(
  p_workspace uuid, p_generation integer, p_token_version integer, p_token_kind text,
  p_boot_id text, p_url text, p_agent_card jsonb, p_agent_version text, p_capabilities jsonb, p_plugins jsonb,
  p_request_id text, p_policy jsonb
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  beat record;
  ws workspaces%ROWTYPE;
  actor text := 'runtime';
  target workspace_status;
  new_boot boolean;
  present_boot text;
  pace double precision;
  waiting integer;
  lease integer;
  due boolean := false;
BEGIN
  SELECT h.boot_id, h.external, h.reports_plugins INTO beat FROM heartbeats h
    WHERE h.workspace_id = p_workspace AND h.generation = p_generation AND h.token_version = p_token_version
      AND (p_token_kind = 'runtime' OR (h.bootstrap_open
        AND clock_timestamp() < greatest(h.bootstrap_until, (SELECT s.grace_until FROM sweep_state s))))
    FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('refused', 'unauthorized');
  END IF;
  new_boot := COALESCE(p_boot_id <> beat.boot_id, false);
  present_boot := COALESCE(p_boot_id, beat.boot_id);
  SELECT pace_seconds(beat.external, s.fleet_size, p_policy), s.waiting_size INTO pace, waiting FROM sweep_state s;
  lease := lease_seconds(pace, p_policy);

  UPDATE heartbeats h SET
    last_heartbeat_at = clock_timestamp(),
    lease_seconds = lease,
    lease_until = clock_timestamp() + make_interval(secs => lease),
    boot_id = present_boot,
    busy_at = CASE WHEN new_boot THEN clock_timestamp() ELSE h.busy_at END,
    reports_plugins = p_plugins IS NOT NULL OR (h.reports_plugins AND NOT new_boot),
    report_hash = NULL
  WHERE h.workspace_id = p_workspace;

  -- Locked at once: a register nearly always changes something of the workspace.
  SELECT * INTO ws FROM workspaces WHERE id = p_workspace FOR NO KEY UPDATE;
  IF ws.status IN ('paused', 'hibernated') THEN
    RAISE EXCEPTION '%', ws.status USING ERRCODE = 'MU409';
  ELSIF ws.status = 'removed' THEN
    RAISE EXCEPTION '%', ws.status USING ERRCODE = 'MU410';
  END IF;
  target := CAST(p_policy -> 'moves' -> 'register' ->> CAST(ws.status AS text) AS workspace_status);
  -- It is the boot that was there before, and not the one that is awaited.
  IF p_boot_id = beat.boot_id
     AND boot_awaited_since(ws.status, ws.status_since, awaited_op(ws), ws.ec2_op_asked_at, ws.instance_id) IS NOT NULL THEN
    target := NULL;
  END IF;

  IF target IS NULL AND new_boot THEN
    INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
    VALUES (p_workspace, 'new_boot', 'register',
      jsonb_build_object('boot_id', p_boot_id, 'previous_boot_id', beat.boot_id),
      actor, p_request_id, p_generation, ws.instance_id);
  END IF;
  IF target IS NOT NULL OR new_boot
     OR p_url <> COALESCE(ws.url, '') OR p_agent_card <> COALESCE(ws.agent_card, 'null')
     OR p_agent_version <> COALESCE(ws.agent_version, '') OR p_capabilities <> ws.capabilities THEN
    UPDATE workspaces w SET
      status = COALESCE(target, w.status),
      cause = CASE WHEN target IS NULL THEN NULL ELSE jsonb_build_object(
        'event', 'register', 'reason', 'register',
        'evidence', jsonb_strip_nulls(jsonb_build_object('boot_id', p_boot_id, 'agent_version', p_agent_version)),
        'actor', actor, 'request_id', p_request_id) END,
      stopped_by = CASE WHEN target IS NULL THEN w.stopped_by END,
      url = COALESCE(p_url, w.url),
      agent_card = COALESCE(p_agent_card, w.agent_card),
      agent_version = COALESCE(p_agent_version, w.agent_version),
      capabilities = COALESCE(p_capabilities, w.capabilities),
      reconcile_wanted = w.reconcile_wanted + CASE WHEN target IS NULL AND new_boot THEN 1 ELSE 0 END,
      reconcile_next_at = CASE WHEN new_boot THEN clock_timestamp() ELSE w.reconcile_next_at END,
      reconcile_attempts = CASE WHEN new_boot THEN 0 ELSE w.reconcile_attempts END,
      reconcile_since = CASE WHEN new_boot THEN clock_timestamp() ELSE w.reconcile_since END,
      reconcile_because = CASE WHEN new_boot THEN 'new_boot' ELSE w.reconcile_because END,
      updated_at = clock_timestamp()
    WHERE w.id = p_workspace
    RETURNING * INTO ws;
    due := (target IS NOT NULL OR new_boot) AND ws.reconcile_wanted > ws.reconcile_done;
  END IF;

  -- What was planned for the boot that had not named itself is handed to nobody now.
  due := due OR (beat.boot_id IS NULL AND p_boot_id IS NOT NULL AND ws.reconcile_wanted > ws.reconcile_done);

  IF p_plugins IS NOT NULL THEN
    IF record_installed_plugins(p_workspace, p_generation, present_boot, p_plugins, actor, p_request_id)
       OR (NOT beat.reports_plugins AND target IS NULL AND NOT new_boot AND ws.declaration_version > 0) THEN
      ws := want_reconcile_of_report(p_workspace);
      due := true;
    END IF;
  END IF;

  RETURN jsonb_build_object(
    'workspace_status', ws.status,
    'generation', p_generation,
    'token_version', p_token_version,
    'reconcile_due', due,
    'next_heartbeat_in_s', CASE WHEN reconcile_hurries(ws, NULL, p_policy)
      THEN fast_pace_seconds(CAST(p_policy ->> 'plan_first_pace_seconds' AS double precision), waiting, pace, p_policy)
      ELSE pace END
  );
END
$$;
