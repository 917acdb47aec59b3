ALTER TABLE workspaces
  -- Fences what one converge does to a workspace, so that of many triggers one carries its operation out.
  ADD COLUMN ec2_lease uuid,
  ADD COLUMN ec2_lease_until timestamptz,
  -- Until then EC2's answers about the instance may be older than what was last asked of it.
  ADD COLUMN ec2_settles_at timestamptz NOT NULL DEFAULT '-infinity',
  -- Since when EC2 no longer names the instance that an operation is owed for, and since when it shows it stopping.
  ADD COLUMN ec2_absent_since timestamptz,
  ADD COLUMN ec2_stopping_since timestamptz,
  -- When EC2 last agreed to boot the instance: from then on a boot has its time.
  ADD COLUMN boot_asked_at timestamptz,
  -- The superseded instance is ended apart from whatever else is owed.
  ADD COLUMN previous_next_at timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN previous_absent_since timestamptz,
  ADD CONSTRAINT stopped_by_is_known CHECK (stopped_by IN ('user', 'muster'));

CREATE INDEX workspaces_superseding ON workspaces (previous_instance_id) WHERE previous_instance_id IS NOT NULL;

CREATE INDEX workspaces_provisioning ON workspaces (id) WHERE status = 'provisioning';

CREATE INDEX workspaces_idling ON workspaces (id) WHERE idle_minutes IS NOT NULL;

CREATE INDEX workspaces_attempting ON workspaces (id) WHERE ec2_attempts > 0;

ALTER TABLE heartbeats
  -- A beat of a process that is older than this does not close the bootstrap token.
  ADD COLUMN bootstrap_opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- When a task was last at work, or last changed: what idleness is measured from.
  ADD COLUMN busy_at timestamptz NOT NULL DEFAULT '-infinity';

-- How often instances may be launched, fleet-wide (GCRA): the time at which the whole burst is free again.
CREATE TABLE launch_rate (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  free_at timestamptz NOT NULL DEFAULT '-infinity'
);

INSERT INTO launch_rate DEFAULT VALUES;

ALTER TABLE idempotency_keys
  -- Who is answering this key, and how long a crashed one blocks it.
  ADD COLUMN holder uuid,
  ADD COLUMN held_until timestamptz NOT NULL DEFAULT '-infinity';

CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at);

ALTER TABLE orphan_sightings
  -- What was found to be done, and in which run: a second sighting in a later run is a reason to do it.
  ADD COLUMN action text NOT NULL,
  ADD COLUMN reason text NOT NULL,
  ADD COLUMN evidence jsonb NOT NULL,
  ADD COLUMN run uuid NOT NULL,
  -- Since when EC2 is, or was about to be, asked to end it: what then vanishes is told although its answer was lost.
  ADD COLUMN asked_at timestamptz;

ALTER TABLE sweep_state
  -- Events up to this time have been counted into metrics.
  ADD COLUMN events_counted_until timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Since when the last run counted, and which run it was: one whose answer was lost is answered the same again.
  ADD COLUMN events_counted_since timestamptz NOT NULL DEFAULT clock_timestamp(),
  ADD COLUMN events_counted_by uuid;

-- A month of events is in the order of its times: what is newer than a time is found without reading the rest.
CREATE INDEX workspace_events_by_time ON workspace_events USING brin (at) WITH (autosummarize = on);
