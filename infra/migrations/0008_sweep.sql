ALTER TABLE sweep_state
  -- What the last sweep had no time for, and what the brake has made wait.
  ADD COLUMN backlog integer NOT NULL DEFAULT 0,
  ADD COLUMN held integer NOT NULL DEFAULT 0;
