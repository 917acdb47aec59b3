import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CliError } from './cli-error.ts';

const localStack = z.object({ ec2: z.url({ protocol: /^http$/ }) });

/**
 * The URL of the EC2 server: the one given, else that of the newest stack started in this folder.
 * @throws {CliError} when there is none.
 */
export async function findServer(given: string | undefined, folder: string): Promise<string> {
  if (given !== undefined) {
    if (!URL.canParse(given)) throw new CliError(`--url is not a URL: ${given}`, { exitCode: 2 });
    return given;
  }
  const file = join(folder, '.muster', 'local.json');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(`There is no ${file}. Start a stack in this folder with npm start, or give --url.`, { cause });
  });
  try {
    return localStack.parse(JSON.parse(text)).ec2;
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new CliError(`${file} is not what npm start writes: ${reason}`, { cause });
  }
}
