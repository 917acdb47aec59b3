-- How long to wait before EC2 is asked again: 30 s for one attempt, doubled for each further one, to 15 minutes, spread
-- by a fifth so that what failed together does not come back together. Nothing before the first attempt.
CREATE OR REPLACE FUNCTION ec2_backoff(p_attempts integer) RETURNS interval LANGUAGE sql VOLATILE AS $$
  SELECT CASE WHEN p_attempts <= 0 THEN interval '0'
    ELSE make_interval(secs => least(900, 30 * 2 ^ least(p_attempts - 1, 10)) * (0.8 + 0.4 * random())) END
$$;
