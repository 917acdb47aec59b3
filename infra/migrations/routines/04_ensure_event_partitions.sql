-- Makes the monthly partitions of workspace_events from this month to p_months ahead; returns how many it made.
-- The lock timeout keeps a busy table from queueing every transition behind this: the next run tries again. A month
-- whose events already fall into the default partition stays there.
-- Only the tables' owner can make one, so it runs as the owner for whoever may call it; the search path is its own, with
-- temporary tables last, so that no caller puts another table in the place of one that it names. A year is the most it
-- makes: every statement on the history plans and locks each partition that there is.
CREATE OR REPLACE FUNCTION ensure_event_partitions(p_months integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  made integer := 0;
  month_start timestamp;
  partition_name text;
BEGIN
  FOR step IN 0..least(p_months, 12) LOOP
    month_start := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') + make_interval(months => step);
    partition_name := 'workspace_events_' || to_char(month_start, 'YYYY_MM');
    IF to_regclass('public.' || partition_name) IS NULL THEN
      BEGIN
        EXECUTE format(
          'CREATE TABLE public.%I PARTITION OF public.workspace_events FOR VALUES FROM (%L) TO (%L)',
          partition_name,
          month_start AT TIME ZONE 'UTC',
          (month_start + make_interval(months => 1)) AT TIME ZONE 'UTC'
        );
        EXECUTE format(
          'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_loss()',
          partition_name
        );
        EXECUTE format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER refuse_truncate', partition_name);
        made := made + 1;
      -- duplicate_table: another run made it while this one waited for the lock.
      EXCEPTION WHEN check_violation OR lock_not_available OR duplicate_table THEN
        RAISE WARNING 'no partition %: %', partition_name, SQLERRM;
      END;
    END IF;
  END LOOP;
  RETURN made;
END
$$;

REVOKE EXECUTE ON FUNCTION ensure_event_partitions(integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION ensure_event_partitions(integer) TO muster_app;
