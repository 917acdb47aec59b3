-- Notes that EC2 has told of an instance, where a row of ours has it, or had it last; for any other nothing is written.
-- A warning (p_said_by: those after which it has nothing new to say) marks the workspace with a label and an event. Says
-- whether the answering is free: until this is committed, nobody who answers gives it back, so whoever finds it taken is
-- seen by the one who has it. Each statement here sees what was committed before it, which one statement alone would not.
CREATE OR REPLACE FUNCTION note_hint(
  p_instance_id text, p_warning text, p_warned_at timestamptz, p_label text, p_said_by jsonb, p_actor text, p_request_id text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  known boolean;
  is_free boolean;
  marked workspaces%ROWTYPE;
BEGIN
  SELECT EXISTS (SELECT FROM workspaces WHERE instance_id = p_instance_id OR previous_instance_id = p_instance_id)
    INTO known;
  IF NOT known THEN
    RETURN jsonb_build_object('known', false, 'marked', false, 'free', false);
  END IF;

  PERFORM pg_advisory_xact_lock_shared(hashtext('muster.hints'));
  -- Each hint is later than the one before, also inside one microsecond.
  INSERT INTO hints AS h (instance_id, hinted_at, terminate_warned_at)
  VALUES (p_instance_id, clock_timestamp(),
    CASE WHEN p_warning = 'spot-terminate' THEN least(p_warned_at, clock_timestamp()) END)
  ON CONFLICT (instance_id) DO UPDATE SET
    hinted_at = greatest(clock_timestamp(), h.hinted_at + interval '1 microsecond'),
    terminate_warned_at = greatest(h.terminate_warned_at, EXCLUDED.terminate_warned_at);

  IF p_warning IS NOT NULL THEN
    UPDATE workspaces w SET
      labels = w.labels || jsonb_build_object(p_label, p_warning),
      updated_at = clock_timestamp()
    WHERE w.instance_id = p_instance_id AND w.status <> 'removed' AND NOT COALESCE(p_said_by @> (w.labels -> p_label), false)
    RETURNING w.* INTO marked;
    IF marked.id IS NOT NULL THEN
      INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
      VALUES (marked.id, 
        CASE p_warning WHEN 'rebalance' THEN 'rebalance_recommended' ELSE 'interruption_warned' END,
        p_warning, jsonb_build_object('warned_at', p_warned_at), p_actor, p_request_id,
              marked.generation, marked.instance_id);
    END IF;
  END IF;

  SELECT a.held_until < clock_timestamp() INTO is_free FROM hint_answerer a;
  RETURN jsonb_build_object('known', true, 'marked', marked.id IS NOT NULL, 'free', is_free);
END
$$;
