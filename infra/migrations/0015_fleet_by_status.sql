-- runs with: previous code
-- runs without it: new code
-- The fleet is counted by status once a minute; the removed ones, whose number only grows, are not.
CREATE INDEX workspaces_by_status ON workspaces (status) WHERE status <> 'removed';
