import { randomUUID } from 'node:crypto';
import type { SweepPorts } from '../../functions/sweep/ports.ts';
import { createSweep } from '../../functions/sweep/sweep.ts';
import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createSweepEc2 } from '../../lib/adapters/ec2/open-sweep.ts';
import { DEFAULT_BRAKE } from '../../lib/domain/brake.ts';
import type { Status } from '../../lib/domain/status.ts';
import { DEFAULT_ABSENCE } from '../../lib/domain/sweep/absence.ts';
import type { NewWorkspace } from '../../lib/domain/workspace.ts';
import { giveInstance } from './ec2.ts';
import { makeWorkspace, newInstanceId, store, transition } from './registry.ts';
import { sql } from './sql.ts';

/** What happens after EC2 has answered and before anything is written. */
export type Meanwhile = (asked: readonly string[]) => Promise<unknown>;

type Options = Partial<Pick<SweepPorts, 'absence' | 'brake' | 'count'>> & {
  readonly meanwhile?: Meanwhile;
  readonly over?: Partial<typeof store>;
  readonly timeLeftMs?: () => number;
  readonly chunkSize?: number;
};

/** The sweep's own tests look at what is owed, not at who does it. */
const NOBODY = { request: async () => undefined };

/** EC2 as the sweep asks it, as fast as the local server answers. */
export const openSweepEc2 = createSweepEc2({ callsPerSecond: 1_000, atOnce: 10 }, createEc2Client(1));

/** One run of the real sweep over the real EC2 server. */
export function sweepOnce({
  meanwhile = async () => undefined,
  over = {},
  timeLeftMs = () => 30_000,
  absence = DEFAULT_ABSENCE,
  brake = DEFAULT_BRAKE,
  count = () => undefined,
  chunkSize,
}: Options = {}) {
  const openEc2 = (ms: number) => {
    const ec2 = openSweepEc2(ms);
    return {
      ...ec2,
      inquire: async (...asked: Parameters<typeof ec2.inquire>) => {
        const answers = await ec2.inquire(...asked);
        await meanwhile(asked[0]);
        return answers;
      },
    };
  };
  const ports = { store: { ...store, ...over }, openEc2, converge: NOBODY, count, absence, brake };
  const sweep = createSweep(ports, chunkSize);
  return sweep({ requestId: randomUUID(), timeLeftMs });
}

/** A workspace in `status` whose instance is a real one of the local EC2 server. */
export async function withInstance(status: Status = 'online', options: Partial<NewWorkspace> = {}) {
  const made = await makeWorkspace({ status, ...options });
  const instanceId = await giveInstance(made.id);
  return { ...made, instanceId };
}

/** What earlier tests left must not be counted by this one's sweep, nor hold it up. */
export async function forgetEarlierSweeps(): Promise<void> {
  await sql('UPDATE workspaces SET instance_id = NULL WHERE instance_id IS NOT NULL');
  await sql(`UPDATE sweep_state SET fence_until = '-infinity', fence_owner = NULL, cursor = NULL`);
}

type Step = readonly [event: string, to: Status];
type Change = readonly [what: string, change: (id: string) => Promise<unknown>];

/**
 * What can change between the look-up and the write, so that the write must not happen.
 * @param away a step by which the status moves
 * @param back the step by which it comes back to where it was
 */
export const meanwhiles = (away: Step, back: Step): readonly Change[] => [
  [
    'the instance changed',
    (id) => sql('UPDATE workspaces SET instance_id = :i::text WHERE id = :id::uuid', { id, i: newInstanceId() }),
  ],
  ['the instance was cleared', (id) => sql('UPDATE workspaces SET instance_id = NULL WHERE id = :id::uuid', { id })],
  ['the status moved', (id) => transition(id, ...away)],
  [
    'the status moved and came back',
    async (id) => {
      await transition(id, ...away);
      await transition(id, ...back);
    },
  ],
  ['the generation was raised', (id) => sql('UPDATE workspaces SET generation = 2 WHERE id = :id::uuid', { id })],
  [
    'the generation was raised where the beats are',
    (id) => sql('UPDATE heartbeats SET generation = 2 WHERE workspace_id = :id::uuid', { id }),
  ],
  ['the fence was lost', () => sql('UPDATE sweep_state SET fence = fence + 1')],
];
