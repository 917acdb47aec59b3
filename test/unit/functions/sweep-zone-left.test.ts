import { EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSweep } from '../../../functions/sweep/sweep.ts';
import { createInquirer } from '../../../lib/adapters/ec2/inquire-instances.ts';
import { createSweepEc2 } from '../../../lib/adapters/ec2/open-sweep.ts';
import { NotAsked } from '../../../lib/adapters/ec2/pace.ts';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import { DEFAULT_ABSENCE } from '../../../lib/domain/sweep/absence.ts';
import { FLEET, storeOfFleet } from './swept-fleet.ts';

const asked = z.object({ Filters: z.array(z.object({ Name: z.string(), Values: z.array(z.string()) })) });

const fault = () =>
  new EC2ServiceException({ name: 'InternalError', $fault: 'server', $metadata: { httpStatusCode: 500 } });

/** EC2 that lists nothing and names nobody, and fails every call that is about one of these. */
function ec2Failing(poison: ReadonlySet<string>) {
  const ids = new Set<string>();
  const client = new EC2Client({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  client.middlewareStack.add(
    () => async (args) => {
      const { Filters } = asked.parse(args.input);
      const byId = Filters.find(({ Name }) => Name === 'instance-id')?.Values ?? [];
      if (byId.some((id) => poison.has(id))) throw fault();
      for (const id of byId) ids.add(id);
      return { output: { $metadata: {} }, response: {} };
    },
    { step: 'initialize' },
  );
  return { client, ids };
}

describe('a zone that is left since two of its calls failed', () => {
  it('is gone on with in the next run: whoever was left is asked for within two', async () => {
    const { client, ids } = ec2Failing(new Set([FLEET[0]?.instanceId ?? '', FLEET[300]?.instanceId ?? '']));
    const sweep = createSweep({
      store: storeOfFleet(),
      openEc2: createSweepEc2({ callsPerSecond: 1_000, atOnce: 10 }, client),
      converge: { request: async () => undefined },
      count: () => undefined,
      absence: DEFAULT_ABSENCE,
      brake: DEFAULT_BRAKE,
    });
    for (let run = 0; run < 2; run += 1) await sweep({ requestId: 'r', timeLeftMs: () => 30_000 });
    const never = FLEET.slice(400).filter(({ instanceId }) => !ids.has(instanceId));
    expect(never).toHaveLength(0);
  });

  it('takes no turn of the calls that the other zones wait for', async () => {
    let turns = 0;
    const failing = async () => {
      turns += 1;
      throw turns > 2 ? new NotAsked('it is left in its turn') : fault();
    };
    const { inquire } = createInquirer(ec2Failing(new Set()).client, { run: failing, zoneFailures: 2 });
    await inquire(FLEET.slice(0, 400).map(({ instanceId }) => instanceId));
    await inquire(FLEET.slice(400, 2_400).map(({ instanceId }) => instanceId));
    expect(turns).toBe(2);
  });
});
