import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { repository } from '../../unit/toolchain/scratch-project.ts';

export type Call = { readonly name: string; readonly event: unknown };

const run = promisify(execFile);
const document = z.record(z.string(), z.unknown());

/** All that functions write to stdout and stderr while they are called, and what they answer; null where they throw. */
export async function toldBy(calls: readonly Call[], environment: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'muster-told-'));
  try {
    const [callsFile, answersFile] = [join(folder, 'calls.json'), join(folder, 'answers.json')];
    await writeFile(callsFile, JSON.stringify(calls));
    const { POWERTOOLS_LOG_LEVEL: _, POWERTOOLS_METRICS_DISABLED: __, ...inherited } = process.env;
    const env = { ...inherited, POWERTOOLS_SERVICE_NAME: 'muster-test', ...environment };
    const { stdout, stderr } = await run(
      process.execPath,
      [join(repository, 'test/integration/observability/calls.ts'), callsFile, answersFile],
      { env, maxBuffer: 64 * 1024 * 1024 },
    );
    const answers = z.array(z.unknown()).parse(JSON.parse(await readFile(answersFile, 'utf8')));
    const all = stdout + stderr;
    const documents = all
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [document.parse(JSON.parse(line))] : []));
    return {
      all,
      answers,
      /** Lines of the log. */
      lines: documents.filter((line) => !('_aws' in line)),
      /** Lines of metrics. */
      metrics: documents.filter((line) => '_aws' in line),
      /** What is no document at all. */
      rest: all.split('\n').filter((line) => line !== '' && !line.startsWith('{')),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
