-- A power cycle is part of an owed start: whatever else comes to be owed ends it, also where no status changes, and its
-- stop is forgotten with it. Fires after enforce_transition (triggers go by their names), whose word on what is owed is
-- the last.
CREATE OR REPLACE FUNCTION end_power_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.power_cycle := NEW.power_cycle AND COALESCE(NEW.ec2_op = 'start', false);
  IF NOT NEW.power_cycle THEN
    NEW.power_stop_asked_at := NULL;
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER power_cycle_ends BEFORE UPDATE ON workspaces FOR EACH ROW
  WHEN (NEW.power_cycle OR NEW.power_stop_asked_at IS NOT NULL)
  EXECUTE FUNCTION end_power_cycle();

ALTER TABLE workspaces ENABLE ALWAYS TRIGGER power_cycle_ends;
