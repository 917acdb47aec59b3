-- The beginning of the oldest month of events that is kept: p_months whole months before this one, and never fewer than
-- one, whatever is asked.
CREATE OR REPLACE FUNCTION events_kept_from(p_months integer) RETURNS timestamptz LANGUAGE sql STABLE STRICT AS $$
  SELECT date_trunc('month', now() AT TIME ZONE 'UTC' - make_interval(months => greatest(p_months, 1))) AT TIME ZONE 'UTC'
$$;

-- An event as the archive has it: all of its columns as one line of JSON, the same at any time and in any session.
CREATE OR REPLACE FUNCTION event_line(p_event workspace_events) RETURNS text LANGUAGE sql STABLE STRICT AS $$
  SELECT CAST(to_jsonb(p_event) || jsonb_build_object('at', (to_jsonb(p_event.at AT TIME ZONE 'UTC') #>> '{}') || 'Z') AS text)
$$;
