/** What waits for its backoff, or for the next look at EC2, waits no longer. */
export const HASTEN = `
UPDATE workspaces SET
  ec2_next_at = CASE WHEN ec2_op IS NOT NULL THEN least(ec2_next_at, clock_timestamp()) ELSE ec2_next_at END,
  previous_next_at = CASE WHEN previous_instance_id IS NOT NULL
    THEN least(previous_next_at, clock_timestamp()) ELSE previous_next_at END,
  reconcile_next_at = least(reconcile_next_at, clock_timestamp())
WHERE ec2_op IS NOT NULL OR previous_instance_id IS NOT NULL OR reconcile_wanted > reconcile_done`;

/**
 * $1, seconds: a runtime that has been silent for so long is as one whose lease has run out, twice where it is degraded
 * for it; a boot that is not heard of for so long is as one whose time has run out. A grace of ours is over. Beats are
 * locked before workspaces, as everywhere.
 */
export const AGE = `
WITH silent AS (
  SELECT h.workspace_id FROM heartbeats h JOIN workspaces w ON w.id = h.workspace_id
  WHERE w.status IN ('online', 'degraded')
    AND h.last_heartbeat_at < clock_timestamp() - make_interval(secs => $1::integer)
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), run_out AS (
  UPDATE heartbeats h SET lease_until = clock_timestamp() - make_interval(secs => h.lease_seconds + 1)
  FROM silent s WHERE h.workspace_id = s.workspace_id
  RETURNING h.workspace_id, h.lease_seconds
), graced AS (
  UPDATE sweep_state SET grace_until = least(grace_until, clock_timestamp())
), hung AS (
  SELECT w.id FROM workspaces w
  WHERE w.status = 'provisioning' AND w.instance_id IS NOT NULL
    AND greatest(w.status_since, w.boot_asked_at, w.ec2_op_asked_at)
      < clock_timestamp() - make_interval(secs => $1::integer)
), aged AS (
  SELECT w.id, w.boot_timeout_seconds AS seconds FROM workspaces w JOIN hung ON hung.id = w.id
  UNION ALL
  SELECT w.id, r.lease_seconds + 1 FROM workspaces w JOIN run_out r ON r.workspace_id = w.id
  WHERE w.status = 'degraded'
)
UPDATE workspaces w SET
  status_since = w.status_since - make_interval(secs => a.seconds),
  boot_asked_at = w.boot_asked_at - make_interval(secs => a.seconds),
  ec2_op_asked_at = w.ec2_op_asked_at - make_interval(secs => a.seconds)
FROM aged a WHERE w.id = a.id`;
