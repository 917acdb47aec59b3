-- Stores what a runtime reports as installed: p_plugins is an array of {name, version, sha256, config_digest,
-- failed: {version, reason}}. Returns whether what is in place differs from the report before; a report that changes
-- nothing writes nothing.
CREATE OR REPLACE FUNCTION record_installed_plugins(
  p_workspace uuid, p_generation integer, p_boot_id text, p_plugins jsonb, p_actor text, p_request_id text
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  stored jsonb;
  reported jsonb;
  differs boolean;
BEGIN
  SELECT COALESCE(jsonb_agg(jsonb_build_array(
           name, version, sha256, config_digest, generation, boot_id, failed_version, failed_reason) ORDER BY name), '[]')
    INTO stored FROM installed_plugins WHERE workspace_id = p_workspace;
  SELECT COALESCE(jsonb_agg(jsonb_build_array(
           r.name, r.version, r.sha256, r.config_digest, p_generation, p_boot_id,
           r.failed ->> 'version', left(r.failed ->> 'reason', 300)) ORDER BY r.name), '[]')
    INTO reported FROM jsonb_to_recordset(p_plugins)
      AS r(name text, version text, sha256 text, config_digest text, failed jsonb);
  IF stored = reported THEN
    RETURN false;
  END IF;
  -- What is in place, without the failures: the first six of what is told of each that has a version.
  SELECT jsonb_path_query_array(stored, 'strict $[*] ? (@[1] != null)[0 to 5]')
      <> jsonb_path_query_array(reported, 'strict $[*] ? (@[1] != null)[0 to 5]') INTO differs;

  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation)
  SELECT p_workspace, change.event, change.reason, change.evidence, p_actor, p_request_id, p_generation
  FROM jsonb_to_recordset(p_plugins)
    AS r(name text, version text, sha256 text, config_digest text, failed jsonb)
  LEFT JOIN installed_plugins i ON i.workspace_id = p_workspace AND i.name = r.name
  CROSS JOIN LATERAL (VALUES
    ('plugin_installed', 'reported',
     jsonb_strip_nulls(jsonb_build_object(
       'name', r.name, 'version', r.version, 'sha256', r.sha256, 'config_digest', r.config_digest))
       || jsonb_build_object('was', i.version),
     r.version IS NOT NULL AND (r.version IS DISTINCT FROM i.version OR i.generation <> p_generation
       OR i.sha256 IS NOT NULL AND r.sha256 IS NOT NULL
         AND (r.sha256 IS DISTINCT FROM i.sha256 OR r.config_digest IS DISTINCT FROM i.config_digest))),
    ('plugin_failed', left(r.failed ->> 'reason', 300),
     jsonb_build_object('name', r.name, 'version', r.failed ->> 'version', 'in_place', r.version),
     r.failed ->> 'reason' IS NOT NULL AND (r.failed ->> 'version' IS DISTINCT FROM i.failed_version
       OR left(r.failed ->> 'reason', 300) IS DISTINCT FROM i.failed_reason))
  ) AS change(event, reason, evidence, happened)
  WHERE change.happened
  ORDER BY r.name;

  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation)
  SELECT p_workspace, 'plugin_removed', 'reported', jsonb_build_object('name', i.name, 'version', i.version),
         p_actor, p_request_id, p_generation
  FROM installed_plugins i
  WHERE i.workspace_id = p_workspace AND i.version IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM jsonb_to_recordset(p_plugins) AS r(name text, version text)
                    WHERE r.name = i.name AND r.version IS NOT NULL)
  ORDER BY i.name;

  DELETE FROM installed_plugins i
  WHERE i.workspace_id = p_workspace
    AND NOT EXISTS (SELECT 1 FROM jsonb_to_recordset(p_plugins) AS r(name text) WHERE r.name = i.name);

  INSERT INTO installed_plugins AS i
    (workspace_id, name, version, sha256, config_digest, failed_version, failed_reason, generation, boot_id, reported_at)
  SELECT p_workspace, r.name, r.version, r.sha256, r.config_digest, r.failed ->> 'version',
         left(r.failed ->> 'reason', 300), p_generation, p_boot_id, clock_timestamp()
  FROM jsonb_to_recordset(p_plugins)
    AS r(name text, version text, sha256 text, config_digest text, failed jsonb)
  ON CONFLICT (workspace_id, name) DO UPDATE SET
    version = EXCLUDED.version, sha256 = EXCLUDED.sha256, config_digest = EXCLUDED.config_digest,
    failed_version = EXCLUDED.failed_version, failed_reason = EXCLUDED.failed_reason,
    generation = EXCLUDED.generation, boot_id = EXCLUDED.boot_id, reported_at = EXCLUDED.reported_at;
  RETURN differs;
END
$$;

-- What is in place has changed: whether it is what is declared is for a reconcile to say, also for one that is at it and
-- has read the report before. Returns the changed workspace.
CREATE OR REPLACE FUNCTION want_reconcile_of_report(p_workspace uuid) RETURNS workspaces LANGUAGE sql AS $$
  UPDATE workspaces SET
    reconcile_wanted = reconcile_wanted + 1,
    reconcile_next_at = clock_timestamp(),
    reconcile_attempts = 0,
    reconcile_since = CASE WHEN reconcile_wanted > reconcile_done THEN reconcile_since ELSE clock_timestamp() END,
    reconcile_because = CASE WHEN reconcile_wanted > reconcile_done THEN reconcile_because ELSE 'installed_changed' END
  WHERE id = p_workspace
  RETURNING *
$$;

-- Whether a runtime is asked to beat quickly, since something that was declared waits for it: for p_policy's time from
-- when the reconcile came to be owed, and from when its plan was handed over, so that a plugin that never installs does
-- not cost it for ever.
CREATE OR REPLACE FUNCTION reconcile_hurries(p_workspace workspaces, p_handed_at timestamptz, p_policy jsonb)
RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT p_workspace.reconcile_wanted > p_workspace.reconcile_done AND p_workspace.declaration_version > 0
    AND p_workspace.status IN ('online', 'degraded')
    AND COALESCE(clock_timestamp() - greatest(p_workspace.reconcile_since, p_handed_at)
      < make_interval(secs => CAST(p_policy ->> 'plan_pace_for_seconds' AS double precision)), false)
$$;
