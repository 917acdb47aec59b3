ALTER TABLE sweep_state
  -- How many workspaces beat quickly since they wait for a plan: from it, and the target rate, how quickly they may.
  ADD COLUMN waiting_size integer NOT NULL DEFAULT 0;
