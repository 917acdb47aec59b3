-- Stores what a runtime reports as installed: p_plugins is an array of {name, version, failed: {version, reason}}.
-- Returns whether anything differs from the report before; a report that changes nothing writes nothing.
CREATE OR REPLACE FUNCTION record_installed_plugins(
  p_workspace uuid, p_generation integer, p_boot_id text, p_plugins jsonb, p_actor text, p_request_id text
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  stored jsonb;
  reported jsonb;
BEGIN
  SELECT COALESCE(jsonb_agg(jsonb_build_array(
           name, version, failed_version, failed_reason, generation, boot_id) ORDER BY name), '[]')
    INTO stored FROM installed_plugins WHERE workspace_id = p_workspace;
  SELECT COALESCE(jsonb_agg(jsonb_build_array(
           r.name, r.version, r.failed ->> 'version', left(r.failed ->> 'reason', 300), p_generation, p_boot_id)
           ORDER BY r.name), '[]')
    INTO reported FROM jsonb_to_recordset(p_plugins) AS r(name text, version text, failed jsonb);
  IF stored = reported THEN
    RETURN false;
  END IF;

  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation)
  SELECT p_workspace, change.event, change.reason, change.evidence, p_actor, p_request_id, p_generation
  FROM jsonb_to_recordset(p_plugins) AS r(name text, version text, failed jsonb)
  LEFT JOIN installed_plugins i ON i.workspace_id = p_workspace AND i.name = r.name
  CROSS JOIN LATERAL (VALUES
    ('plugin_installed', 'reported', jsonb_build_object('name', r.name, 'version', r.version, 'was', i.version),
     r.version IS NOT NULL AND (r.version IS DISTINCT FROM i.version OR i.generation <> p_generation)),
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
    (workspace_id, name, version, failed_version, failed_reason, generation, boot_id, reported_at)
  SELECT p_workspace, r.name, r.version, r.failed ->> 'version', left(r.failed ->> 'reason', 300),
         p_generation, p_boot_id, clock_timestamp()
  FROM jsonb_to_recordset(p_plugins) AS r(name text, version text, failed jsonb)
  ON CONFLICT (workspace_id, name) DO UPDATE SET
    version = EXCLUDED.version, failed_version = EXCLUDED.failed_version, failed_reason = EXCLUDED.failed_reason,
    generation = EXCLUDED.generation, boot_id = EXCLUDED.boot_id, reported_at = EXCLUDED.reported_at;
  RETURN true;
END
$$;
