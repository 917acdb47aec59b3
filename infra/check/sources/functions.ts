import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modulesOf } from './modules.ts';
import { type Syntax, syntaxOf } from './syntax.ts';

/** What a folder under functions/ says of the function that it is. */
export type FunctionSource = {
  readonly name: string;
  /** `job` is run by schedules, events and invokes; `http` answers requests. */
  readonly kind: 'http' | 'job';
  /** functions/<name>/index.ts itself. */
  readonly entry: Syntax;
  /** Every file of the project that is in its bundle, by its path. */
  readonly files: ReadonlyMap<string, Syntax>;
};

/** Reads every function of the folder functions/ under `root`. */
export async function readFunctions(root: string): Promise<FunctionSource[]> {
  const known = new Map<string, Syntax>();
  const read = async (path: string): Promise<Syntax> => {
    const syntax = known.get(path) ?? syntaxOf(path, await readFile(join(root, path), 'utf8'));
    known.set(path, syntax);
    return syntax;
  };
  const folders = await readdir(join(root, 'functions'), { withFileTypes: true });
  const names = folders.filter((folder) => folder.isDirectory()).map(({ name }) => name);
  return await Promise.all(
    names.sort().map(async (name) => {
      const path = `functions/${name}/index.ts`;
      const entry = await read(path);
      const files = new Map<string, Syntax>();
      for (const file of await modulesOf(path, root)) files.set(file, await read(file));
      return { name, kind: isJob(entry) ? 'job' : 'http', entry, files };
    }),
  );
}

const isJob = ({ imports }: Syntax): boolean => imports.some(({ from }) => from.endsWith('/middleware/job.ts'));

/** The sections of lib/config.ts that a function reads. */
export function sectionsOf({ files }: FunctionSource): string[] {
  return [...new Set([...files.values()].flatMap(({ read }) => read('CONFIG')))].sort();
}
