CREATE TABLE workspaces (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  runtime text NOT NULL CHECK (char_length(runtime) BETWEEN 1 AND 100),
  status workspace_status NOT NULL DEFAULT 'provisioning',
  status_since timestamptz NOT NULL DEFAULT clock_timestamp(),
  status_reason text NOT NULL DEFAULT 'created',
  -- Carries a transition's cause to the trigger, which clears it: one that is still here would serve a later change.
  cause jsonb CONSTRAINT cause_was_taken CHECK (cause IS NULL),
  created_by jsonb NOT NULL CHECK (created_by ->> 'actor' IS NOT NULL),

  generation integer NOT NULL DEFAULT 1 CHECK (generation >= 1),
  instance_id text CHECK (instance_id <> ''),
  previous_instance_id text CHECK (previous_instance_id <> ''),
  availability_zone text CHECK (availability_zone <> ''),
  launched_at timestamptz,
  stoppable boolean NOT NULL DEFAULT true,
  launch jsonb,

  url text,
  agent_card jsonb,
  agent_version text,
  capabilities jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(capabilities) = 'array'),
  labels jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),

  restart_policy restart_policy NOT NULL DEFAULT 'on_instance_loss',
  boot_timeout_seconds integer NOT NULL DEFAULT 600 CHECK (boot_timeout_seconds BETWEEN 30 AND 7200),
  idle_minutes integer CHECK (idle_minutes > 0),
  stopped_by text,

  reconcile_wanted bigint NOT NULL DEFAULT 0,
  reconcile_done bigint NOT NULL DEFAULT 0,
  reconcile_attempts integer NOT NULL DEFAULT 0,
  reconcile_next_at timestamptz,
  reconcile_lease uuid,
  reconcile_lease_until timestamptz,

  ec2_op ec2_operation,
  ec2_op_asked_at timestamptz,
  ec2_attempts integer NOT NULL DEFAULT 0,
  ec2_next_at timestamptz,

  absent_since timestamptz,
  absent_seen integer NOT NULL DEFAULT 0,
  absent_cycle bigint,

  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),

  CONSTRAINT external_is_never_restarted CHECK (launch IS NOT NULL OR restart_policy = 'never'),
  CONSTRAINT done_is_not_ahead CHECK (reconcile_done <= reconcile_wanted)
);

CREATE UNIQUE INDEX workspaces_by_instance ON workspaces (instance_id) WHERE instance_id IS NOT NULL;

CREATE INDEX workspaces_owing_reconcile ON workspaces (id) WHERE reconcile_wanted > reconcile_done;

CREATE INDEX workspaces_owing_operation ON workspaces (id) WHERE ec2_op IS NOT NULL;

-- One narrow row a workspace, no index but the key and free space in each page: every beat is a HOT update.
CREATE TABLE heartbeats (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces (id),
  external boolean NOT NULL,
  generation integer NOT NULL,
  token_version integer NOT NULL DEFAULT 1,
  bootstrap_open boolean NOT NULL DEFAULT true,
  bootstrap_until timestamptz NOT NULL,
  boot_id text CHECK (char_length(boot_id) BETWEEN 1 AND 300),
  -- Never NULL: a guard that compares with NULL is neither true nor false.
  last_heartbeat_at timestamptz NOT NULL DEFAULT '-infinity',
  lease_seconds integer NOT NULL DEFAULT 90 CHECK (lease_seconds > 0),
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  error_rate double precision CHECK (error_rate BETWEEN 0 AND 1),
  sample_error text CHECK (char_length(sample_error) <= 300),
  active_tasks integer NOT NULL DEFAULT 0 CHECK (active_tasks >= 0),
  uptime_seconds bigint NOT NULL DEFAULT 0 CHECK (uptime_seconds >= 0),
  current_task text CHECK (char_length(current_task) <= 300),
  monthly_spend bigint CHECK (monthly_spend >= 0),
  runtime_state text NOT NULL DEFAULT '' CHECK (char_length(runtime_state) <= 300),
  reports_plugins boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);
