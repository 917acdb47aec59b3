-- Instances of ours that EC2 has told of, until EC2 was asked about them: of any number of hints the newest counts.
CREATE TABLE hints (
  instance_id text PRIMARY KEY CHECK (instance_id <> ''),
  -- Which hint it is: an answer to a question that is older than it does not take it away.
  hinted_at timestamptz NOT NULL,
  -- When EC2 warned that it will terminate the instance, if it has.
  terminate_warned_at timestamptz
);

-- Who asks EC2 about all that is noted: one at a time, and how long a crashed one keeps the others from it.
CREATE TABLE hint_answerer (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  owner uuid,
  held_until timestamptz NOT NULL DEFAULT '-infinity'
);

INSERT INTO hint_answerer DEFAULT VALUES;
