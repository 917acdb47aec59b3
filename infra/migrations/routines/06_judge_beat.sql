-- The event, if any, that a heartbeat means for a workspace in p_status. p_policy holds the thresholds.
CREATE OR REPLACE FUNCTION judge_beat(
  p_status workspace_status, p_status_reason text, p_capabilities jsonb,
  p_error_rate double precision, p_runtime_state text, p_policy jsonb
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN p_runtime_state = 'wedged' THEN 'beat_unhealthy'
    WHEN p_capabilities @> '["status_mgmt"]' THEN 'beat_healthy'
    WHEN p_error_rate >= CAST(p_policy -> 'unhealthy_error_rate' AS double precision) THEN 'beat_unhealthy'
    WHEN p_error_rate < CAST(p_policy -> 'healthy_error_rate' AS double precision) THEN 'beat_healthy'
    WHEN p_status = 'degraded' AND p_status_reason <> 'lease_expired' THEN NULL
    ELSE 'beat_healthy'
  END
$$;

-- Since when a workspace waits for a boot that was, or is to be, asked of EC2: until then the process that this boot ends
-- may still speak, and is not the new one. NULL where every voice counts: nothing is owed, what is offline without EC2
-- having been asked has only been silent, or a launch is under way, whose generation only its own instance speaks for.
CREATE OR REPLACE FUNCTION boot_awaited_since(
  p_status workspace_status, p_status_since timestamptz, p_ec2_op ec2_operation, p_asked_at timestamptz,
  p_instance_id text
) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN p_ec2_op IS NULL THEN NULL
    WHEN p_ec2_op = 'launch' AND p_asked_at IS NOT NULL AND p_instance_id IS NULL THEN NULL
    WHEN p_status = 'provisioning' THEN COALESCE(p_asked_at, p_status_since)
    WHEN p_status = 'offline' THEN p_asked_at
  END
$$;

-- What of ec2_op such a boot is awaited for: nothing yet of a power cycle whose stop EC2 was not asked for, or refused.
CREATE OR REPLACE FUNCTION awaited_op(p_workspace workspaces) RETURNS ec2_operation LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN NOT p_workspace.power_cycle OR p_workspace.power_stop_asked_at IS NOT NULL THEN p_workspace.ec2_op END
$$;
