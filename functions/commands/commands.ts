import type { Command, CommandAnswer, CommandInput, Reissued, ReissueInput } from '../../lib/domain/command.ts';
import { allowedCommands } from '../../lib/domain/command.ts';
import {
  ActiveTasks,
  TransitionNotAllowed,
  WorkspaceExternal,
  WorkspaceNotFound,
  WorkspaceRemoved,
} from '../../lib/domain/errors.ts';
import type { ConvergeRequester } from '../../lib/domain/operation.ts';
import type { Tokens } from '../../lib/domain/tokens.ts';

type Ports = {
  readonly store: {
    commandWorkspace(input: CommandInput): Promise<CommandAnswer | undefined>;
    reissueToken(input: ReissueInput): Promise<Reissued | undefined>;
  };
  readonly tokens: Pick<Tokens, 'sign'>;
  readonly converge: ConvergeRequester;
};

/** What operators order. The status commits first; what it owes EC2 is then done by converge, here or on its schedule. */
export function createCommands({ store, tokens, converge }: Ports) {
  return {
    /**
     * Moves the status as the command says; a repeat changes nothing and is answered alike.
     * @throws WorkspaceNotFound, WorkspaceRemoved, TransitionNotAllowed, ActiveTasks, WorkspaceExternal
     */
    async order(command: Command, input: Omit<CommandInput, 'command'>) {
      const answer = await store.commandWorkspace({ ...input, command });
      if (answer === undefined) throw new WorkspaceNotFound(input.workspaceId);
      const { id, status, generation, owed_operation } = answer;
      refuse(command, answer);
      // Also for a repeat: the first call may have been ended before it came to this.
      if (owed_operation !== null) await converge.request(id);
      return { id, status, generation, owed_operation, changed: answer.effect === 'moves' };
    },

    /**
     * Ends the workspace's tokens and hands out new ones.
     * @throws WorkspaceNotFound, WorkspaceRemoved
     */
    async reissue(input: ReissueInput) {
      const reissued = await store.reissueToken(input);
      if (reissued === undefined) throw new WorkspaceNotFound(input.workspaceId);
      const { id, status, generation, token_version } = reissued;
      if (token_version === null) throw new WorkspaceRemoved('what is removed gets no token');
      const claims = { sub: id, gen: generation, ver: token_version };
      const [runtime_token, bootstrap_token] = await Promise.all([
        tokens.sign({ ...claims, kind: 'runtime' }),
        tokens.sign({ ...claims, kind: 'bootstrap' }),
      ]);
      return { id, status, generation, runtime_token, bootstrap_token };
    },
  };
}

function refuse(command: Command, { status, effect, external, active_tasks }: CommandAnswer): void {
  switch (effect) {
    case 'moves':
    case 'already':
      return;
    case 'busy':
      throw new ActiveTasks(active_tasks);
    case 'external':
      throw new WorkspaceExternal('the instances of an external workspace are not ours to restart');
    case 'refused':
      if (status === 'removed') throw new WorkspaceRemoved(`${command} came too late`);
      throw new TransitionNotAllowed(command, status, allowedCommands(status, { external }));
  }
}
