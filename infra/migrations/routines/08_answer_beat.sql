-- What a beat that record_heartbeat has written means for its workspace, and its answer. p_plugins: what it reports, NULL
-- also where that is what it has reported before.
CREATE OR REPLACE FUNCTION answer_beat(
  p_workspace uuid, p_generation integer, p_error_rate double precision, p_sample_error text, p_uptime_seconds bigint,
  p_runtime_state text, p_capabilities jsonb, p_plugins jsonb, p_request_id text, p_policy jsonb
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  beat record;
  ws workspaces%ROWTYPE;
  carried text;
  plan_actions jsonb;
  plan_handed_at timestamptz;
  pace double precision;
  waiting integer;
  fast_pace double precision;
  actor text := 'runtime';
  event_name text;
  target workspace_status;
  locked boolean := false;
  due boolean := false;
  first boolean := false;
  changed boolean := false;
  hurries boolean := false;
BEGIN
  SELECT h.boot_id, h.external, h.reports_plugins, h.lease_seconds,
      lease_seconds(pace_seconds(h.external, s.fleet_size, p_policy), p_policy) AS due_lease,
      pace_seconds(h.external, s.fleet_size, p_policy) AS pace, s.waiting_size
    INTO beat FROM heartbeats h, sweep_state s WHERE h.workspace_id = p_workspace;
  pace := beat.pace;
  waiting := beat.waiting_size;
  IF beat.lease_seconds <> beat.due_lease THEN
    UPDATE heartbeats SET lease_seconds = beat.due_lease,
      lease_until = last_heartbeat_at + beat.due_lease * interval '1 second'
    WHERE workspace_id = p_workspace;
  END IF;

  LOOP
    IF locked THEN
      SELECT * INTO ws FROM workspaces WHERE id = p_workspace FOR NO KEY UPDATE;
    ELSE
      SELECT * INTO ws FROM workspaces WHERE id = p_workspace;
    END IF;
    IF ws.status IN ('paused', 'hibernated') THEN
      RAISE EXCEPTION '%', ws.status USING ERRCODE = 'MU409';
    ELSIF ws.status = 'removed' THEN
      RAISE EXCEPTION '%', ws.status USING ERRCODE = 'MU410';
    END IF;
    event_name := judge_beat(
      ws.status, ws.status_reason, COALESCE(p_capabilities, ws.capabilities), p_error_rate, p_runtime_state, p_policy);
    target := CAST(p_policy -> 'moves' -> event_name ->> CAST(ws.status AS text) AS workspace_status);
    IF target IS NOT NULL AND make_interval(secs => p_uptime_seconds) >= clock_timestamp()
         - boot_awaited_since(ws.status, ws.status_since, awaited_op(ws), ws.ec2_op_asked_at, ws.instance_id) THEN
      target := NULL;
    END IF;
    EXIT WHEN target IS NULL OR locked;
    locked := true;
  END LOOP;

  IF target IS NOT NULL THEN
    UPDATE workspaces SET
      status = target,
      cause = jsonb_build_object(
        'event', event_name,
        'reason', CASE
          WHEN p_runtime_state = 'wedged' THEN 'wedged'
          WHEN event_name = 'beat_unhealthy' THEN 'error_rate'
          ELSE 'heartbeat' END,
        'evidence', jsonb_strip_nulls(jsonb_build_object(
          'error_rate', p_error_rate, 'runtime_state', NULLIF(p_runtime_state, ''), 'sample_error', p_sample_error,
          'uptime_seconds', p_uptime_seconds, 'boot_id', beat.boot_id)),
        'actor', actor,
        'request_id', p_request_id),
      stopped_by = NULL
    WHERE id = p_workspace
    RETURNING * INTO ws;
    due := ws.reconcile_wanted > ws.reconcile_done;
    first := due;
  ELSIF event_name = 'beat_unhealthy' AND ws.status = 'degraded' AND ws.status_reason = 'lease_expired' THEN
    -- It beats again, but badly: silence is no longer what it is degraded for, so what silence owed is not owed.
    UPDATE workspaces SET status_reason = CASE WHEN p_runtime_state = 'wedged' THEN 'wedged' ELSE 'error_rate' END
    WHERE id = p_workspace AND status = 'degraded' AND status_reason = 'lease_expired';
    -- A launch that is under way is not silence's: its instance still has to be recorded.
    UPDATE workspaces SET ec2_op = NULL, ec2_op_asked_at = NULL, ec2_next_at = NULL, ec2_absent_since = NULL
    WHERE id = p_workspace AND status = 'degraded' AND NOT (ec2_op_asked_at IS NOT NULL AND instance_id IS NULL);
  END IF;

  IF p_capabilities IS NOT NULL AND p_capabilities IS DISTINCT FROM ws.capabilities THEN
    UPDATE workspaces SET capabilities = p_capabilities, updated_at = clock_timestamp() WHERE id = p_workspace
    RETURNING * INTO ws;
  END IF;
  IF p_plugins IS NOT NULL THEN
    changed := record_installed_plugins(p_workspace, p_generation, beat.boot_id, p_plugins, actor, p_request_id);
    IF NOT beat.reports_plugins THEN
      UPDATE heartbeats SET reports_plugins = true WHERE workspace_id = p_workspace;
    END IF;
    -- Whoever had never reported was done when its plan was handed over: its first report says whether that was so.
    IF changed OR NOT beat.reports_plugins AND ws.declaration_version > 0 THEN
      ws := want_reconcile_of_report(p_workspace);
      due := true;
    END IF;
  END IF;

  -- What has just changed is not in the plan yet: it might ask again for what is there by now.
  IF ws.reconcile_wanted > ws.reconcile_done AND NOT changed THEN
    SELECT p.plan_id, p.actions, p.handed_at INTO carried, plan_actions, plan_handed_at FROM plans p
      WHERE p.workspace_id = p_workspace AND p.generation = p_generation
        AND p.boot_id IS NOT DISTINCT FROM beat.boot_id AND p.declaration_version = ws.declaration_version;
    IF FOUND AND plan_handed_at IS NULL THEN
      plan_handed_at := clock_timestamp();
      UPDATE plans p SET handed_at = plan_handed_at
      WHERE p.workspace_id = p_workspace AND p.plan_id = carried AND p.declaration_version = ws.declaration_version;
    ELSIF FOUND THEN
      -- A runtime that never reports has done what it was handed, as far as can be known, when it speaks again.
      due := due OR NOT beat.reports_plugins AND p_plugins IS NULL;
    ELSE
      -- Nobody has begun what was asked for: the invoke was lost.
      due := due OR COALESCE(reconcile_hurries(ws, NULL, p_policy) AND clock_timestamp() - ws.reconcile_next_at
        > make_interval(secs => CAST(p_policy ->> 'plan_ask_again_seconds' AS double precision)), false);
    END IF;
  END IF;
  IF ws.reconcile_wanted > ws.reconcile_done THEN
    hurries := reconcile_hurries(ws, plan_handed_at, p_policy);
  END IF;
  IF hurries THEN
    fast_pace := fast_pace_seconds(
      CAST(p_policy ->> CASE WHEN first THEN 'plan_first_pace_seconds' ELSE 'plan_pace_seconds' END AS double precision),
      waiting, pace, p_policy);
  END IF;

  RETURN jsonb_build_object(
    'workspace_status', ws.status,
    'generation', p_generation,
    'reconcile_due', due,
    'next_heartbeat_in_s', COALESCE(fast_pace, pace),
    -- A row of an answer holds 64 KiB: the actions of a larger plan are read on their own.
    'plan', CASE WHEN carried IS NULL THEN NULL
      ELSE jsonb_build_object('plan_id', carried, 'actions',
        CASE WHEN octet_length(CAST(plan_actions AS text)) <= 60000 THEN plan_actions END) END
  );
END
$$;
