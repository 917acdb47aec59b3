ALTER TABLE workspaces
  -- The start that is owed is the second half of a power cycle: what runs is stopped before, since EC2 moves an instance
  -- to another host only when it starts. It is over with anything else that is owed, and once the start is asked for.
  ADD COLUMN power_cycle boolean NOT NULL DEFAULT false,
  -- When EC2 was last asked for the stop of this power cycle.
  ADD COLUMN power_stop_asked_at timestamptz;
