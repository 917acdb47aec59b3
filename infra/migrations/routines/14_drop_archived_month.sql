-- Lets a month of events go that is wholly in the archive and older than what is kept: its partition, or, where it fell
-- into the default one, what one archived object has of it. Runs as the tables' owner, since the functions may delete no
-- event, and so proves by itself what it is asked: the recorded objects do not overlap, each has as many events as there
-- are in its range, and together as many as there are in the month, so every event is in exactly one of them. Answers
-- dropped, more (call again), kept (too young), unproved, or busy: the lock timeout keeps a busy table from queueing every
-- transition behind this, and the next run tries again.
CREATE OR REPLACE FUNCTION drop_archived_month(p_month date, p_kept_months integer) RETURNS text LANGUAGE plpgsql STRICT
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  month_start timestamptz := date_trunc('month', CAST(p_month AS timestamp)) AT TIME ZONE 'UTC';
  month_end timestamptz := (date_trunc('month', CAST(p_month AS timestamp)) + interval '1 month') AT TIME ZONE 'UTC';
  own regclass;
  place regclass;
  proved boolean;
  part public.archived_events%ROWTYPE;
  removed bigint;
BEGIN
  IF month_end > events_kept_from(p_kept_months) THEN
    RETURN 'kept';
  END IF;
  SELECT i.inhrelid INTO own FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = CAST('public.workspace_events' AS regclass)
      AND c.relname = 'workspace_events_' || to_char(month_start AT TIME ZONE 'UTC', 'YYYY_MM');
  place := COALESCE(own, CAST('public.workspace_events_default' AS regclass));
  -- Nothing comes into the month between its proof and its end; readers and the other months go on.
  EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', place);

  EXECUTE format(
    'WITH found AS (
       SELECT count(*) AS events FROM %1$s WHERE $4 OR (at >= $2 AND at < $3)
     ), recorded AS (
       SELECT COALESCE(sum(a.events), 0) AS events,
         COALESCE(bool_and(a.is_apart AND a.events = (SELECT count(*) FROM %1$s e
           WHERE e.id BETWEEN a.first_id AND a.last_id AND e.at >= $2 AND e.at < $3)), true) AS each
       FROM (
         SELECT *, first_id > COALESCE(lag(last_id) OVER (ORDER BY first_id), 0) AS is_apart
         FROM public.archived_events WHERE month = $1 AND dropped_at IS NULL
       ) a
     )
     SELECT f.events = r.events AND r.each FROM found f, recorded r', place)
    INTO proved USING CAST(month_start AT TIME ZONE 'UTC' AS date), month_start, month_end, own IS NOT NULL;
  IF NOT proved THEN
    RETURN 'unproved';
  END IF;

  IF own IS NOT NULL THEN
    EXECUTE format('DROP TABLE %s', own);
    UPDATE public.archived_events SET dropped_at = clock_timestamp()
      WHERE month = CAST(month_start AT TIME ZONE 'UTC' AS date) AND dropped_at IS NULL;
    RETURN 'dropped';
  END IF;

  SELECT * INTO part FROM public.archived_events
    WHERE month = CAST(month_start AT TIME ZONE 'UTC' AS date) AND dropped_at IS NULL ORDER BY first_id LIMIT 1;
  IF NOT FOUND THEN
    RETURN 'dropped';
  END IF;
  -- Nobody sees the trigger gone: it is back when this commits, and until then the table takes no other change.
  ALTER TABLE public.workspace_events_default DISABLE TRIGGER refuse_loss;
  DELETE FROM public.workspace_events_default
    WHERE id BETWEEN part.first_id AND part.last_id AND at >= month_start AND at < month_end;
  GET DIAGNOSTICS removed = ROW_COUNT;
  ALTER TABLE public.workspace_events_default ENABLE ALWAYS TRIGGER refuse_loss;
  IF removed <> part.events THEN
    RAISE EXCEPTION '% events went, but % are archived', removed, part.events;
  END IF;
  UPDATE public.archived_events SET dropped_at = clock_timestamp() WHERE month = part.month AND first_id = part.first_id;
  RETURN 'more';
EXCEPTION WHEN lock_not_available OR undefined_table THEN
  RETURN 'busy';
END
$$;

REVOKE EXECUTE ON FUNCTION drop_archived_month(date, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION drop_archived_month(date, integer) TO muster_app;

CREATE OR REPLACE TRIGGER refuse_loss BEFORE DELETE OR TRUNCATE ON archived_events FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_loss();

ALTER TABLE archived_events ENABLE ALWAYS TRIGGER refuse_loss;
