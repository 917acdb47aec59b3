import type { CONFIG } from '../../lib/config.ts';

/** A section of the configuration ({@link CONFIG}). What a section names is also what its reader may call. */
export type Section = keyof typeof CONFIG;

/** A call to EC2 that no section of the configuration stands for. */
export type Ec2Call = 'describeInstances' | 'describeInstanceStatus' | 'operateInstances' | 'terminateInstances';

type Deployed = {
  /** What its index.ts reads with readConfig. */
  readonly reads: readonly Section[];
  readonly calls?: readonly Ec2Call[];
  /** Who calls it: that decides how many calls a second are let through. Absent: no HTTP route leads to it. */
  readonly caller?: 'runtime' | 'operator' | 'anyone';
};

/** Every function of serverless.yml, with what it needs of its surroundings, and nothing that it does not. */
const FUNCTIONS = {
  register: { caller: 'runtime', reads: ['database', 'tokens', 'reconcile', 'pace', 'heartbeatUrl'] },
  heartbeat: { caller: 'runtime', reads: ['database', 'tokens', 'reconcile', 'artefacts', 'pace'] },
  state: { caller: 'runtime', reads: ['database', 'tokens'] },
  provision: {
    caller: 'operator',
    reads: ['database', 'tokens', 'converge', 'launch', 'sources'],
    calls: ['describeInstances', 'terminateInstances'],
  },
  workspaces: { caller: 'operator', reads: ['database'] },
  declaration: { caller: 'operator', reads: ['database', 'reconcile', 'sources'] },
  commands: { caller: 'operator', reads: ['database', 'tokens', 'converge'] },
  ready: { caller: 'anyone', reads: ['database', 'build'] },
  problems: { caller: 'anyone', reads: [] },
  'not-found': { caller: 'anyone', reads: [] },
  reconcile: { reads: ['database'] },
  converge: {
    reads: ['database', 'tokens', 'converge', 'launch'],
    calls: ['describeInstances', 'operateInstances'],
  },
  orphans: { reads: ['database'], calls: ['describeInstances', 'terminateInstances'] },
  sweep: { reads: ['database', 'converge', 'sweepPace', 'absence', 'brake'], calls: ['describeInstances'] },
  liveness: { reads: ['database', 'converge', 'brake', 'grace'], calls: ['describeInstanceStatus'] },
  archive: { reads: ['database', 'retention'] },
  hint: { reads: ['database', 'converge', 'hint'], calls: ['describeInstances'] },
} as const satisfies Readonly<Record<string, Deployed>>;

/** The functions as one list, each with its name and the same keys. */
export const DEPLOYED = Object.entries<Deployed>(FUNCTIONS).map(([name, { reads, calls = [], caller }]) => ({
  name,
  reads,
  calls,
  caller,
}));

/** How the framework calls a function in the ids of its resources. */
export function logicalNameOf(name: string): string {
  return capitalised(name.replaceAll('-', 'Dash'));
}

/** The logical id of a function's role. */
export function roleIdOf(name: string): string {
  return `${name.split('-').map(capitalised).join('')}Role`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
