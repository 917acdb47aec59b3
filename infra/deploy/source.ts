import { rm } from 'node:fs/promises';
import type { Processes } from './processes.ts';

/** The code's history, in git. */
export type Source = {
  /** @throws Error outside of a repository, or for a commit that it does not have */
  sha(commit?: string): Promise<string>;
  /** What is not committed, as git tells it; empty when all is. */
  changes(): Promise<string>;
  /** Calls `work` with a folder that holds the code of a commit; it goes afterwards. */
  withCode<Result>(sha: string, folder: string, work: () => Promise<Result>): Promise<Result>;
};

export function createSource(processes: Processes, root: string): Source {
  const git = async (...args: string[]) =>
    (await processes.run({ program: 'git', args, cwd: root, quiet: true })).trimEnd();
  return {
    sha: (commit = 'HEAD') =>
      git('rev-parse', '--verify', '--quiet', `${commit}^{commit}`).catch((cause: unknown) => {
        throw new Error(`git knows no commit ${commit} here: fetch it, or look for it in git log`, { cause });
      }),
    changes: () => git('status', '--porcelain'),
    async withCode(sha, folder, work) {
      // What an interrupted run has left in git's list.
      await git('worktree', 'prune');
      await git('worktree', 'add', '--detach', folder, sha);
      try {
        return await work();
      } finally {
        await rm(folder, { recursive: true, force: true });
        await git('worktree', 'prune').catch(() => undefined);
      }
    },
  };
}
