import { Unauthorized, WorkspaceHibernated, WorkspacePaused, WorkspaceRemoved } from '../../../domain/errors.ts';
import type { Database } from '../database.ts';
import { SqlError } from '../errors.ts';
import { methodsOf } from '../methods.ts';
import { catchUpToken } from '../statements/catch-up-token.ts';

/** What the voice routines raise, so that all they had written is taken back. The message is the status. */
const VOICE_REFUSALS: Readonly<Record<string, (message: string, cause: SqlError) => Error>> = {
  MU409: (message, cause) =>
    /hibernated/.test(message)
      ? new WorkspaceHibernated('the workspace is hibernated', { cause })
      : new WorkspacePaused('the workspace is paused', { cause }),
  MU410: (_, cause) => new WorkspaceRemoved('the workspace is removed', { cause }),
};

/**
 * For the two voice routines: their refusals are errors. One of a right token is asked again where the row was behind it.
 */
export function voiceOf(database: Database) {
  const { one } = methodsOf(database);
  return <Input extends Parameters<typeof catchUpToken.bind>[0], Answer extends object>(
    speak: (input: Input) => Promise<Answer | { refused: 'unauthorized' }>,
  ) =>
    async (input: Input): Promise<Answer> => {
      try {
        const first = await speak(input);
        const isBehind = 'refused' in first && (await one(catchUpToken)(input)) !== undefined;
        const answer = isBehind ? await speak(input) : first;
        if ('refused' in answer) throw new Unauthorized('no row has this token');
        return answer;
      } catch (error) {
        const refusal = error instanceof SqlError ? VOICE_REFUSALS[error.sqlState] : undefined;
        throw refusal !== undefined && error instanceof SqlError ? refusal(error.message, error) : error;
      }
    };
}
