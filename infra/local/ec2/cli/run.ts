import { EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import { act } from './act.ts';
import { CliError } from './cli-error.ts';
import { help, parseCommandLine } from './command-line.ts';
import { findInstance } from './find-instance.ts';
import { findServer } from './find-server.ts';
import { list } from './list.ts';

/** How a command ended: exit code 0 and what it did, or 1 or 2 (wrong usage) and why not. */
export type Outcome = { readonly exitCode: 0 | 1 | 2; readonly text: string };

/** Carries out a command line in a folder; never throws. */
export async function run(args: readonly string[], folder: string): Promise<Outcome> {
  try {
    return { exitCode: 0, text: await carryOut(args, folder) };
  } catch (error) {
    return { exitCode: error instanceof CliError ? error.exitCode : 1, text: describe(error) };
  }
}

async function carryOut(args: readonly string[], folder: string): Promise<string> {
  const line = parseCommandLine(args);
  if (line.command === 'help') return help.trimEnd();
  const url = await findServer(line.url, folder);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const ec2 = new EC2Client({ endpoint: url, region: 'us-east-1', credentials });
  try {
    if (line.command === 'list') return await list(ec2);
    return await act(line.command, await findInstance(ec2, line.id), ec2, url);
  } catch (cause) {
    throw isUnreachable(cause)
      ? new CliError(`No EC2 server answers at ${url}. Is the stack running?`, { cause })
      : cause;
  } finally {
    ec2.destroy();
  }
}

/** The SDK throws the socket's error itself, fetch a TypeError around it. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof TypeError && error.message === 'fetch failed') return true;
  return 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND');
}

function describe(error: unknown): string {
  if (error instanceof CliError) return error.message;
  if (error instanceof EC2ServiceException) return `EC2 refused: ${error.message} (${error.name})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
