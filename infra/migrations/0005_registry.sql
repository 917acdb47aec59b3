-- Which registry this is: the value of the tag muster:registry on every instance that it launches.
CREATE TABLE registry_identity (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

INSERT INTO registry_identity DEFAULT VALUES;

CREATE TABLE sweep_state (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  fence bigint NOT NULL DEFAULT 0,
  fence_owner uuid,
  fence_until timestamptz NOT NULL DEFAULT '-infinity',
  cursor uuid,
  grace_until timestamptz NOT NULL DEFAULT '-infinity',
  fleet_size integer NOT NULL DEFAULT 0,
  swept_at timestamptz,
  liveness_at timestamptz
);

INSERT INTO sweep_state DEFAULT VALUES;

CREATE TABLE idempotency_keys (
  key text PRIMARY KEY CHECK (char_length(key) BETWEEN 1 AND 255),
  workspace_id uuid NOT NULL,
  request_sha256 text NOT NULL,
  status_code integer,
  response jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL
);

CREATE TABLE orphan_sightings (
  instance_id text PRIMARY KEY,
  workspace_id uuid,
  generation integer,
  first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sightings integer NOT NULL DEFAULT 1
);
