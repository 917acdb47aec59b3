-- Makes the monthly partitions of workspace_events from this month to p_months ahead; returns how many it made.
-- The lock timeout keeps a busy table from queueing every transition behind this: the next run tries again.
CREATE OR REPLACE FUNCTION ensure_event_partitions(p_months integer) RETURNS integer LANGUAGE plpgsql
SET lock_timeout = '2s' AS $$
DECLARE
  made integer := 0;
  month_start timestamp;
  partition_name text;
BEGIN
  FOR step IN 0..p_months LOOP
    month_start := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') + make_interval(months => step);
    partition_name := 'workspace_events_' || to_char(month_start, 'YYYY_MM');
    IF to_regclass(partition_name) IS NULL THEN
      EXECUTE format(
        'CREATE TABLE %I PARTITION OF workspace_events FOR VALUES FROM (%L) TO (%L)',
        partition_name,
        month_start AT TIME ZONE 'UTC',
        (month_start + make_interval(months => 1)) AT TIME ZONE 'UTC'
      );
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END
$$;
