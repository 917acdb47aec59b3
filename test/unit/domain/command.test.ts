import { describe, expect, it } from 'vitest';
import type { Command } from '../../../lib/domain/command.ts';
import {
  allowedCommands,
  BOOTING_COMMANDS,
  COMMAND_NAMES,
  COMMANDS,
  COMMANDS_OWE,
  HOLDINGS,
  REPLACEMENT_OWES,
} from '../../../lib/domain/command.ts';
import { nextStatus, STATUSES, TRANSITIONS } from '../../../lib/domain/status.ts';

const OPERATED = { external: false };

const statusesThat = (command: Command, effect: string) =>
  STATUSES.filter((status) => COMMANDS[command][status] === effect);

describe('the table of commands', () => {
  it.each(COMMAND_NAMES)('says of %s that it moves a status exactly where the status table does', (command) => {
    const leading = STATUSES.filter((status) => nextStatus(command, status) !== undefined);
    expect(statusesThat(command, 'moves')).toEqual(leading);
    expect(leading.length).toBeGreaterThan(0);
  });

  it.each(COMMAND_NAMES)('answers %s like the first one where it leads, so that it can be repeated', (command) => {
    const targets = TRANSITIONS.filter(({ event }) => event === command).map(({ to }) => to);
    expect(statusesThat(command, 'already')).toEqual(expect.arrayContaining(targets));
  });

  it.each([
    ['restart', ['provisioning']],
    ['pause', ['paused']],
    ['resume', ['provisioning', 'online', 'degraded']],
    ['hibernate', ['hibernated']],
    ['wake', ['provisioning', 'online', 'degraded']],
    ['remove', ['removed']],
  ] as const)('takes %s for done in %j and nowhere else', (command, statuses) => {
    expect(statusesThat(command, 'already')).toEqual(statuses);
  });

  it.each(COMMAND_NAMES)('lets %s owe only what the status table allows it, wherever it moves', (command) => {
    const owed = HOLDINGS.flatMap((holding) => COMMANDS_OWE[command][holding] ?? []);
    expect(owed.length).toBeGreaterThan(0);
    for (const transition of TRANSITIONS.filter(({ event }) => event === command)) {
      expect(transition.owes).toEqual(expect.arrayContaining(owed));
    }
  });

  it('lets a restart owe a replacement wherever it moves', () => {
    for (const { owes } of TRANSITIONS.filter(({ event }) => event === 'restart')) {
      expect(owes).toEqual(expect.arrayContaining(Object.values(REPLACEMENT_OWES)));
    }
  });

  it('counts as booting what leads to provisioning', () => {
    const leading = COMMAND_NAMES.filter((command) =>
      TRANSITIONS.some(({ event, to }) => event === command && to === 'provisioning'),
    );
    expect(BOOTING_COMMANDS).toEqual(leading);
  });
});

describe('the commands that a status allows', () => {
  it.each([
    ['provisioning', ['pause', 'remove']],
    ['online', ['restart', 'pause', 'hibernate', 'remove']],
    ['degraded', ['restart', 'pause', 'hibernate', 'remove']],
    ['offline', ['restart', 'pause', 'remove']],
    ['paused', ['resume', 'remove']],
    ['hibernated', ['wake', 'remove']],
    ['failed', ['restart', 'pause', 'remove']],
    ['removed', []],
  ] as const)('are, in %s, %j', (status, commands) => {
    expect(allowedCommands(status, OPERATED)).toEqual(commands);
  });

  it.each(STATUSES)('are, in %s, never restart for an external workspace', (status) => {
    const others = allowedCommands(status, OPERATED).filter((command) => command !== 'restart');
    expect(allowedCommands(status, { external: true })).toEqual(others);
  });
});
