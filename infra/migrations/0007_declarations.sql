ALTER TABLE workspaces
  -- The newest version in declarations: here, so that a guard on it is one on the row that a statement locks.
  ADD COLUMN declaration_version integer NOT NULL DEFAULT 0 CHECK (declaration_version >= 0),
  -- Since when a reconcile is owed without a pause, and what it came to be owed for: an event, or installed_changed.
  ADD COLUMN reconcile_since timestamptz,
  ADD COLUMN reconcile_because text;

UPDATE workspaces w SET declaration_version = d.version
FROM (SELECT workspace_id, max(version) AS version FROM declarations GROUP BY workspace_id) d
WHERE d.workspace_id = w.id;

UPDATE workspaces SET reconcile_since = status_since, reconcile_because = status_reason
WHERE reconcile_wanted > reconcile_done;

-- A document has 48 KiB at most as it was sent; written with blanks and without exponents it has up to three times that.
ALTER TABLE declarations
  DROP CONSTRAINT declarations_document_check,
  ADD CONSTRAINT document_is_bounded CHECK (octet_length(CAST(document AS text)) <= 147456),
  ADD COLUMN request_id text,
  ADD COLUMN forced boolean NOT NULL DEFAULT false,
  ADD COLUMN diff jsonb NOT NULL DEFAULT '{"additive": [], "destructive": [], "already_present": []}';

ALTER TABLE declared_plugins
  ADD COLUMN config jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config) = 'object'),
  -- What the configuration is told apart by; NULL: there is none.
  ADD COLUMN config_digest text CHECK (config_digest ~ '^[0-9a-f]{64}$'),
  -- Counts what changed under the same version: a runtime that reports versions alone cannot show that it has it.
  ADD COLUMN revision integer NOT NULL DEFAULT 0 CHECK (revision >= 0);

ALTER TABLE installed_plugins
  ADD COLUMN sha256 text,
  ADD COLUMN config_digest text;
