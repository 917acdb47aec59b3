import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startArtefactServer } from './artefact-server.ts';
import { startMetadataService } from './metadata-service.ts';
import { startScriptedRegistry } from './scripted-registry.ts';

export type AgentProcess = {
  readonly child: ChildProcess;
  /** Everything it has written to stdout so far. */
  log(): string;
  /** Its exit code, or the signal that ended it; by then the log is whole. */
  readonly ended: Promise<number | string>;
};

type Through = { readonly through?: readonly string[]; readonly nodeArgs?: readonly string[] };

/** What surrounds one agent: a disk folder, its registry, its metadata service, a place with artefacts. */
export async function startSurroundings(bundle: string) {
  const home = await mkdtemp(join(tmpdir(), 'muster-agent-'));
  const registry = await startScriptedRegistry();
  const metadata = await startMetadataService(registry.url);
  const artefacts = await startArtefactServer();
  const agents: AgentProcess[] = [];

  return {
    home,
    registry,
    metadata,
    artefacts,
    /**
     * Starts the bundled agent as a process of its own, on this disk. Unless `env` says otherwise it ends with this
     * process, so that a test run which is killed leaves no agent behind.
     *
     * @param through a command that becomes the one whose arguments follow it, and what Node is told before the bundle
     */
    startAgent(
      env: Readonly<Record<string, string | undefined>> = {},
      { through = [], nodeArgs = [] }: Through = {},
    ): AgentProcess {
      const [command = '', ...args] = [...through, process.execPath, ...nodeArgs, bundle];
      const child = spawn(command, args, {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: {
          AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
          MUSTER_HOME: home,
          MUSTER_EXIT_WITH_PARENT: '1',
          ...env,
        },
      });
      let written = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        written += text;
      });
      const agent: AgentProcess = {
        child,
        log: () => written,
        ended: once(child, 'close').then(([code, signal]) => code ?? signal),
      };
      agents.push(agent);
      return agent;
    },
    /** What all its agents have logged. */
    log: (): string => agents.map((agent) => agent.log()).join(''),
    async stop(): Promise<void> {
      for (const { child } of agents) child.kill('SIGKILL');
      await Promise.all(agents.map(({ ended }) => ended));
      await rm(home, { recursive: true, force: true });
      await Promise.all([registry.stop(), metadata.stop(), artefacts.stop()]);
    },
  };
}

export type Surroundings = Awaited<ReturnType<typeof startSurroundings>>;
