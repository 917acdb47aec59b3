-- Seconds between two beats of one runtime: the base for its kind, slower once the fleet would beat faster than the
-- target rate (beats a second).
CREATE OR REPLACE FUNCTION pace_seconds(p_external boolean, p_fleet_size integer, p_policy jsonb)
RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
  SELECT greatest(
    CAST(p_policy -> CASE WHEN p_external THEN 'base_pace_external_seconds' ELSE 'base_pace_ec2_seconds' END
      AS double precision),
    p_fleet_size / CAST(p_policy -> 'target_beats_per_second' AS double precision)
  )
$$;

-- Seconds until a runtime that waits for a plan beats again: p_fast, slower once all who wait (p_waiting) would beat
-- faster than the target rate, never slower than its ordinary pace.
CREATE OR REPLACE FUNCTION fast_pace_seconds(
  p_fast double precision, p_waiting integer, p_pace double precision, p_policy jsonb
) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
  SELECT least(p_pace,
    greatest(p_fast, p_waiting / CAST(p_policy -> 'target_beats_per_second' AS double precision)))
$$;

-- How long one beat keeps a workspace: never measured by the fast pace of a waiting plan.
CREATE OR REPLACE FUNCTION lease_seconds(p_pace double precision, p_policy jsonb)
RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT CAST(ceil(greatest(
    CAST(p_policy -> 'lease_min_seconds' AS double precision),
    CAST(p_policy -> 'lease_paces' AS double precision) * p_pace
  )) AS integer)
$$;
