-- runs with: previous code
-- Who archives, one at a time, and how long a crashed one keeps the others from it.
CREATE TABLE archive_state (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  owner uuid,
  held_until timestamptz NOT NULL DEFAULT '-infinity',
  finished_at timestamptz
);

INSERT INTO archive_state DEFAULT VALUES;

-- The events that are in the archive, an object a row: the progress of a month, and the proof before its events go.
CREATE TABLE archived_events (
  month date NOT NULL CHECK (EXTRACT(day FROM month) = 1),
  first_id bigint NOT NULL,
  last_id bigint NOT NULL CHECK (last_id >= first_id),
  events integer NOT NULL CHECK (events > 0),
  -- Of the lines before they were compressed: another version of the compressor makes another object of the same lines.
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  bucket text NOT NULL CHECK (bucket <> ''),
  object_key text NOT NULL CHECK (object_key <> ''),
  archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Since when the object alone has them.
  dropped_at timestamptz,
  PRIMARY KEY (month, first_id)
);

GRANT UPDATE ON archive_state TO muster_app;

-- What is recorded is neither changed nor taken back by the functions: the owner's routine notes what it has dropped.
GRANT INSERT ON archived_events TO muster_app;
