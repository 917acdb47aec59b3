-- runs with: previous code
-- What a runtime reported last, as a hash, and whether its newest report was another: a beat that reports what the one
-- before did has nothing to compare or to write. The previous code, which does not know them, compares every report.
ALTER TABLE heartbeats ADD COLUMN report_hash bigint, ADD COLUMN report_is_new boolean NOT NULL DEFAULT false;
