CREATE TYPE workspace_status AS ENUM (
  'provisioning', 'online', 'degraded', 'offline', 'paused', 'hibernated', 'failed', 'removed'
);

CREATE TYPE ec2_operation AS ENUM ('launch', 'start', 'stop', 'reboot', 'terminate');

CREATE TYPE restart_policy AS ENUM ('on_instance_loss', 'on_silence', 'never');

-- Filled from lib/domain/status.ts by every migration run. retired_by names the table (by its digest) in which a pair
-- was first missing: a later table deletes it, so that code of the release before still finds what it knows.
CREATE TABLE status_transitions (
  event text NOT NULL,
  from_status workspace_status,
  to_status workspace_status NOT NULL,
  wants_reconcile boolean NOT NULL,
  owes ec2_operation[] NOT NULL,
  retired_by text,
  UNIQUE NULLS NOT DISTINCT (event, from_status, to_status)
);
