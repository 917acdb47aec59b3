/** The statuses a workspace can have: the PostgreSQL enum `workspace_status` holds the same list. */
export const STATUSES = [
  'provisioning',
  'online',
  'degraded',
  'offline',
  'paused',
  'hibernated',
  'failed',
  'removed',
] as const;

export type Status = (typeof STATUSES)[number];

/** The EC2 operations that a transition can leave the registry owing. */
export const EC2_OPERATIONS = ['launch', 'start', 'stop', 'reboot', 'terminate'] as const;

export type Ec2Operation = (typeof EC2_OPERATIONS)[number];

/** One row of the status table: from each status in `from`, the event leads to `to`. `from: null` is an INSERT. */
type Rule = {
  readonly from: readonly Status[] | null;
  readonly to: Status;
  /** Whether what is installed has to be held against what is declared afterwards. */
  readonly wantsReconcile?: true;
  /** What the statement may put into `cause.owes`; owing nothing is always allowed. */
  readonly owes?: readonly Ec2Operation[];
};

/**
 * The status table: the only copy in code. `infra/migrate.ts` fills the table `status_transitions` from it, a trigger
 * on `workspaces` enforces that, and statements are given the part for their event as a parameter ({@link movesOf}).
 */
export const STATUS_TABLE = {
  created: [{ from: null, to: 'provisioning', owes: ['launch'] }],
  register: [{ from: ['provisioning', 'offline', 'failed', 'degraded'], to: 'online', wantsReconcile: true }],
  beat_healthy: [{ from: ['provisioning', 'offline', 'failed', 'degraded'], to: 'online', wantsReconcile: true }],
  beat_unhealthy: [
    { from: ['provisioning', 'offline', 'failed'], to: 'degraded', wantsReconcile: true },
    { from: ['online'], to: 'degraded' },
  ],
  lease_expired: [
    // A start is owed of an impaired host, which a stop and a start leave; a launch where the instance cannot be stopped.
    { from: ['online'], to: 'degraded', owes: ['reboot', 'start', 'launch'] },
    { from: ['degraded'], to: 'offline', owes: ['launch', 'start'] },
  ],
  instance_gone: [{ from: ['provisioning', 'online', 'degraded'], to: 'offline', owes: ['launch'] }],
  instance_stopped: [{ from: ['online', 'degraded'], to: 'offline', owes: ['start'] }],
  boot_timed_out: [{ from: ['provisioning'], to: 'offline', owes: ['launch'] }],
  budget_spent: [{ from: ['provisioning', 'offline'], to: 'failed' }],
  launch_failed: [{ from: ['provisioning'], to: 'failed' }],
  launched: [{ from: ['offline', 'failed', 'degraded'], to: 'provisioning' }],
  started: [{ from: ['offline', 'failed', 'degraded'], to: 'provisioning' }],
  rebooted: [{ from: ['offline', 'failed', 'degraded'], to: 'provisioning' }],
  restart: [
    {
      from: ['offline', 'failed', 'degraded', 'online'],
      to: 'provisioning',
      owes: ['reboot', 'start', 'launch'],
    },
  ],
  pause: [{ from: ['provisioning', 'online', 'degraded', 'offline', 'failed'], to: 'paused', owes: ['stop'] }],
  resume: [{ from: ['paused'], to: 'provisioning', owes: ['start', 'launch'] }],
  hibernate: [{ from: ['online', 'degraded'], to: 'hibernated', owes: ['stop'] }],
  wake: [{ from: ['hibernated'], to: 'provisioning', owes: ['start', 'launch'] }],
  remove: [
    {
      from: ['provisioning', 'online', 'degraded', 'offline', 'paused', 'hibernated', 'failed'],
      to: 'removed',
      owes: ['terminate'],
    },
  ],
} as const satisfies Record<string, readonly Rule[]>;

/** An event that can change a status. */
export type TransitionEvent = keyof typeof STATUS_TABLE;

/** One legal status change, as a row of `status_transitions` holds it. */
export type Transition = {
  readonly event: TransitionEvent;
  readonly from: Status | null;
  readonly to: Status;
  readonly wantsReconcile: boolean;
  readonly owes: readonly Ec2Operation[];
};

const rulesOf = (event: TransitionEvent): readonly Rule[] => STATUS_TABLE[event];

/** Every event of the table, in the table's order. */
export const TRANSITION_EVENTS: readonly TransitionEvent[] = Object.keys(STATUS_TABLE).filter(
  (name): name is TransitionEvent => name in STATUS_TABLE,
);

/** The whole table, one entry a (event, from, to). */
export const TRANSITIONS: readonly Transition[] = TRANSITION_EVENTS.flatMap((event) =>
  rulesOf(event).flatMap((rule) =>
    (rule.from ?? [null]).map((from) => ({
      event,
      from,
      to: rule.to,
      wantsReconcile: rule.wantsReconcile ?? false,
      owes: rule.owes ?? [],
    })),
  ),
);

/** Where an event leads from a status, or undefined where it changes nothing. */
export function nextStatus(event: TransitionEvent, from: Status): Status | undefined {
  return TRANSITIONS.find((transition) => transition.event === event && transition.from === from)?.to;
}

/** From-status to to-status of one event: what statements take as the parameter `moves`. */
export type Moves = Partial<Record<Status, Status>>;

/** The part of the status table that belongs to one event. */
export function movesOf(event: TransitionEvent): Moves {
  const moves: Moves = {};
  for (const transition of TRANSITIONS) {
    if (transition.event === event && transition.from !== null) moves[transition.from] = transition.to;
  }
  return moves;
}
