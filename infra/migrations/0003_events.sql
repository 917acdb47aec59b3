CREATE TABLE workspace_events (
  id bigint GENERATED ALWAYS AS IDENTITY,
  workspace_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  event text NOT NULL CHECK (event <> ''),
  from_status workspace_status,
  to_status workspace_status,
  reason text,
  evidence jsonb NOT NULL DEFAULT '{}',
  actor text NOT NULL CHECK (actor <> ''),
  request_id text,
  owes ec2_operation,
  generation integer NOT NULL,
  instance_id text,
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

CREATE INDEX workspace_events_newest ON workspace_events (workspace_id, id DESC);

-- A month whose partition is missing must not fail a transition.
CREATE TABLE workspace_events_default PARTITION OF workspace_events DEFAULT;
