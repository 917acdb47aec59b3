-- The event, if any, that a heartbeat means for a workspace in p_status. p_policy holds the thresholds.
CREATE OR REPLACE FUNCTION judge_beat(
  p_status workspace_status, p_status_reason text, p_capabilities jsonb,
  p_error_rate double precision, p_runtime_state text, p_policy jsonb
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN p_runtime_state = 'wedged' THEN 'beat_unhealthy'
    WHEN p_capabilities @> '["status_mgmt"]' THEN 'beat_healthy'
    WHEN p_error_rate >= CAST(p_policy ->> 'unhealthy_error_rate' AS double precision) THEN 'beat_unhealthy'
    WHEN p_error_rate < CAST(p_policy ->> 'healthy_error_rate' AS double precision) THEN 'beat_healthy'
    WHEN p_status = 'degraded' AND p_status_reason <> 'lease_expired' THEN NULL
    ELSE 'beat_healthy'
  END
$$;
