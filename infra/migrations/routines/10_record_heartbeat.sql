-- One heartbeat in one call. The UPDATE is the authentication: a beat whose generation or token_version is no longer
-- the row's writes nothing and is answered {"refused": "unauthorized"}. A workspace that is silenced raises MU409 or
-- MU410, which takes the write back. p_policy holds the moves of the status table, thresholds and paces.
--
-- Nearly every beat changes nothing but its own row, and is answered here, by two statements: what else it may mean is
-- for answer_beat. Each expression beside them costs as much again in every call as reading a row.
CREATE OR REPLACE FUNCTION record_heartbeat(
  p_workspace uuid, p_generation integer, p_token_version integer,
  p_error_rate double precision, p_sample_error text, p_active_tasks integer, p_uptime_seconds bigint,
  p_current_task text, p_monthly_spend bigint, p_runtime_state text,
  p_capabilities jsonb, p_plugins jsonb, p_request_id text, p_policy jsonb
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  is_external boolean;
  lease integer;
  reports_anew boolean;
  has_waited boolean;
  answer jsonb;
BEGIN
  UPDATE heartbeats h SET
    last_heartbeat_at = clock_timestamp(),
    lease_until = clock_timestamp() + h.lease_seconds * interval '1 second',
    -- The last beats of a box that is about to be rebooted must not lock the rebooted one out.
    bootstrap_open = h.bootstrap_open AND NOT h.external
      AND make_interval(secs => p_uptime_seconds) >= clock_timestamp() - h.bootstrap_opened_at,
    -- A heartbeat is no activity: a task is, and any change of what is at work.
    busy_at = CASE
      WHEN p_active_tasks > 0 OR p_active_tasks <> h.active_tasks OR p_current_task IS DISTINCT FROM h.current_task
      THEN clock_timestamp() ELSE h.busy_at END,
    error_rate = p_error_rate,
    sample_error = p_sample_error,
    active_tasks = p_active_tasks,
    uptime_seconds = p_uptime_seconds,
    current_task = p_current_task,
    monthly_spend = COALESCE(NULLIF(p_monthly_spend, 0), h.monthly_spend),
    runtime_state = p_runtime_state,
    -- A generation reports for itself; a register, and so another boot, empties it. Of the text, since the hash of a jsonb
    -- is the same once two equal values that are 32 keys and values apart become two other equal ones.
    report_is_new = hashtextextended(CAST(p_plugins AS text), p_generation) IS DISTINCT FROM h.report_hash AND p_plugins IS NOT NULL,
    report_hash = COALESCE(hashtextextended(CAST(p_plugins AS text), p_generation), h.report_hash)
  WHERE h.workspace_id = p_workspace AND h.generation = p_generation AND h.token_version = p_token_version
  RETURNING h.external, h.lease_seconds, h.report_is_new,
    clock_timestamp() - h.last_heartbeat_at > interval '10 milliseconds'
  INTO is_external, lease, reports_anew, has_waited;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('refused', 'unauthorized');
  END IF;
  -- The time was taken before the row lock was had; a beat that waited for it must not look as old as its question.
  IF has_waited THEN
    UPDATE heartbeats SET last_heartbeat_at = clock_timestamp(),
      lease_until = clock_timestamp() + lease_seconds * interval '1 second'
    WHERE workspace_id = p_workspace;
  END IF;

  SELECT jsonb_build_object('workspace_status', 'online', 'generation', p_generation, 'reconcile_due', false,
      'next_heartbeat_in_s', pace_seconds(is_external, s.fleet_size, p_policy), 'plan', NULL)
    INTO answer FROM workspaces w, sweep_state s
  WHERE w.id = p_workspace AND w.status = 'online' AND w.reconcile_wanted <= w.reconcile_done
    AND NOT reports_anew AND (p_capabilities IS NULL OR p_capabilities = w.capabilities)
    AND lease = lease_seconds(pace_seconds(is_external, s.fleet_size, p_policy), p_policy)
    -- What judge_beat calls healthy whatever the workspace is.
    AND p_runtime_state <> 'wedged' AND p_error_rate < CAST(p_policy -> 'healthy_error_rate' AS double precision);
  IF FOUND THEN
    RETURN answer;
  END IF;
  RETURN answer_beat(p_workspace, p_generation, p_error_rate, p_sample_error, p_uptime_seconds, p_runtime_state,
    p_capabilities, CASE WHEN reports_anew THEN p_plugins END, p_request_id, p_policy);
END
$$;
