CREATE TABLE declarations (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  version integer NOT NULL CHECK (version >= 1),
  document jsonb NOT NULL CHECK (octet_length(CAST(document AS text)) <= 49152),
  actor text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id, version)
);

CREATE TABLE declared_plugins (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  name text NOT NULL,
  version text NOT NULL,
  source text NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (workspace_id, name)
);

-- What a runtime reported. Only what the present generation and boot said counts as installed.
CREATE TABLE installed_plugins (
  workspace_id uuid NOT NULL REFERENCES workspaces (id),
  name text NOT NULL,
  version text,
  failed_version text,
  failed_reason text CHECK (char_length(failed_reason) <= 300),
  generation integer NOT NULL,
  boot_id text,
  reported_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id, name)
);

CREATE TABLE plans (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces (id),
  plan_id text NOT NULL,
  generation integer NOT NULL,
  boot_id text,
  declaration_version integer NOT NULL,
  actions jsonb NOT NULL CHECK (jsonb_typeof(actions) = 'array'),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  handed_at timestamptz
);
