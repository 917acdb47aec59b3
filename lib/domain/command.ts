import type { Ec2Operation, Status, TransitionEvent } from './status.ts';
import type { By } from './workspace.ts';

/** What an operator can order of a workspace's status; each is an event of the status table. */
export const COMMAND_NAMES = [
  'restart',
  'pause',
  'resume',
  'hibernate',
  'wake',
  'remove',
] as const satisfies readonly TransitionEvent[];

export type Command = (typeof COMMAND_NAMES)[number];

/** moves: the status changes. already: it is as the command wants it, so that a repeat is answered like the first. */
export type CommandEffect = 'moves' | 'already' | 'refused';

/**
 * What each command means in each status. `moves` says the same as the status table. Three refusals also depend on more
 * than the status: restart where no restart brought the workspace to provisioning, or a replacement is asked for and
 * none is owed; restart of an external workspace; hibernate while tasks are at work.
 */
export const COMMANDS = {
  restart: {
    provisioning: 'already',
    online: 'moves',
    degraded: 'moves',
    offline: 'moves',
    paused: 'refused',
    hibernated: 'refused',
    failed: 'moves',
    removed: 'refused',
  },
  pause: {
    provisioning: 'moves',
    online: 'moves',
    degraded: 'moves',
    offline: 'moves',
    paused: 'already',
    hibernated: 'refused',
    failed: 'moves',
    removed: 'refused',
  },
  resume: {
    provisioning: 'already',
    online: 'already',
    degraded: 'already',
    offline: 'refused',
    paused: 'moves',
    hibernated: 'refused',
    failed: 'refused',
    removed: 'refused',
  },
  hibernate: {
    provisioning: 'refused',
    online: 'moves',
    degraded: 'moves',
    offline: 'refused',
    paused: 'refused',
    hibernated: 'already',
    failed: 'refused',
    removed: 'refused',
  },
  wake: {
    provisioning: 'already',
    online: 'already',
    degraded: 'already',
    offline: 'refused',
    paused: 'refused',
    hibernated: 'moves',
    failed: 'refused',
    removed: 'refused',
  },
  remove: {
    provisioning: 'moves',
    online: 'moves',
    degraded: 'moves',
    offline: 'moves',
    paused: 'moves',
    hibernated: 'moves',
    failed: 'moves',
    removed: 'already',
  },
} as const satisfies Record<Command, Record<Status, CommandEffect>>;

/**
 * The commands that change a workspace in this status; an external workspace's machine is not ours to restart.
 */
export function allowedCommands(status: Status, { external }: { readonly external: boolean }): readonly Command[] {
  return COMMAND_NAMES.filter(
    (command) => COMMANDS[command][status] === 'moves' && !(external && command === 'restart'),
  );
}

/**
 * What a workspace has of instances. launching: a launch was begun, and its instance is not recorded yet. previous:
 * nothing but a superseded one.
 */
export const HOLDINGS = ['instance', 'launching', 'previous', 'none'] as const;

export type Holding = (typeof HOLDINGS)[number];

/** What a command that moves the status owes EC2, as the workspace has an instance. External ones never owe anything. */
export const COMMANDS_OWE = {
  restart: { instance: 'reboot', launching: 'launch', previous: 'launch', none: 'launch' },
  pause: { instance: 'stop', launching: 'stop', previous: null, none: null },
  resume: { instance: 'start', launching: 'launch', previous: 'launch', none: 'launch' },
  hibernate: { instance: 'stop', launching: 'stop', previous: null, none: null },
  wake: { instance: 'start', launching: 'launch', previous: 'launch', none: 'launch' },
  remove: { instance: 'terminate', launching: 'terminate', previous: 'terminate', none: null },
} as const satisfies Record<Command, Record<Holding, Ec2Operation | null>>;

/** A restart with `replace` takes a new instance, whatever there is. */
export const REPLACEMENT_OWES = {
  instance: 'launch',
  launching: 'launch',
  previous: 'launch',
  none: 'launch',
} as const satisfies Record<Holding, Ec2Operation>;

/** The commands after which a runtime boots: they open its bootstrap token, and end a stop by a person. */
export const BOOTING_COMMANDS: readonly Command[] = ['restart', 'resume', 'wake'];

/** `replace`: whether a restart takes a new instance. */
export type CommandInput = By & {
  readonly workspaceId: string;
  readonly command: Command;
  readonly replace: boolean;
};

/** What became of a command; the workspace as it is afterwards. */
export type CommandAnswer = {
  readonly id: string;
  readonly status: Status;
  readonly generation: number;
  readonly owed_operation: Ec2Operation | null;
  /** external: it has no instance of ours. busy: its tasks would be lost. */
  readonly effect: CommandEffect | 'external' | 'busy';
  readonly external: boolean;
  readonly active_tasks: number;
};

export type ReissueInput = By & { readonly workspaceId: string };

export type Reissued = {
  readonly id: string;
  readonly status: Status;
  readonly generation: number;
  /** null: the workspace is removed, and got no new tokens. */
  readonly token_version: number | null;
};
