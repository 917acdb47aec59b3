ALTER TABLE sweep_state
  -- How many workspaces beat quickly since they wait for a plan: from it, and the target rate, how quickly they may.
  ADD COLUMN waiting_size integer NOT NULL DEFAULT 0;

-- Until when a mass of silence holds what it is a mass of: the fleet, a zone, or what is in none.
CREATE TABLE silence_held (
  mass text PRIMARY KEY,
  until timestamptz NOT NULL
);
