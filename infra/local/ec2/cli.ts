import { EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import { act } from './cli/act.ts';
import { CliError } from './cli/cli-error.ts';
import { help, parseCommandLine } from './cli/command-line.ts';
import { findInstance } from './cli/find-instance.ts';
import { findServer } from './cli/find-server.ts';
import { list } from './cli/list.ts';

async function run(args: readonly string[]): Promise<string> {
  const line = parseCommandLine(args);
  if (line.command === 'help') return help.trimEnd();
  const url = await findServer(line.url, process.cwd());
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const ec2 = new EC2Client({ endpoint: url, region: 'us-east-1', credentials });
  try {
    if (line.command === 'list') return await list(ec2);
    return await act(line.command, await findInstance(ec2, line.id), ec2, url);
  } catch (error) {
    throw isRefusedConnection(error) ? new CliError(`No EC2 server answers at ${url}. Is the stack running?`) : error;
  } finally {
    ec2.destroy();
  }
}

/** The SDK shows the socket's error itself, fetch wraps it. */
function isRefusedConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === 'ECONNREFUSED') || isRefusedConnection(error.cause);
}

function describe(error: unknown): string {
  if (error instanceof CliError) return error.message;
  if (error instanceof EC2ServiceException) return `EC2 refused: ${error.message} (${error.name})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  console.log(await run(process.argv.slice(2)));
} catch (error) {
  console.error(describe(error));
  process.exitCode = error instanceof CliError ? error.exitCode : 1;
}
