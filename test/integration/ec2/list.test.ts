import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEc2Client } from '../../../lib/adapters/ec2/client.ts';
import { createInquirer } from '../../../lib/adapters/ec2/inquire-instances.ts';
import { createInstanceLister } from '../../../lib/adapters/ec2/list-instances.ts';
import type { TaggedInstance } from '../../../lib/domain/orphan-listing.ts';
import { ec2Calls, ec2Faults, plantInstance, plantInstances, resetEc2Calls } from '../../support/ec2.ts';
import { hurryTimeLimits } from './request.ts';

const tagged = (registry: string) => ({ 'muster:registry': registry });

async function pagesOf(registry: string, client = createEc2Client()) {
  const pages: (readonly TaggedInstance[])[] = [];
  for await (const page of createInstanceLister(client).listRegistered(registry)) pages.push(page);
  return pages;
}

afterEach(async () => {
  vi.restoreAllMocks();
  await ec2Faults({});
});

describe('the listing of a registry’s instances', () => {
  it('shows each with its tags, as EC2 holds them', async () => {
    const registry = randomUUID();
    const tags = { ...tagged(registry), 'muster:workspace': 'w', 'muster:generation': '3' };
    const launchTime = '2026-01-02T03:04:05.000Z';
    const full = await plantInstance({ tags, zone: 'us-east-1b', launchTime });
    const bare = await plantInstance({ tags: tagged(registry), state: 'stopped', zone: 'us-east-1a', launchTime });
    expect(await pagesOf(registry)).toEqual([
      [
        {
          instanceId: full,
          workspaceTag: 'w',
          generationTag: '3',
          state: 'running',
          zone: 'us-east-1b',
          launchedAt: launchTime,
          stoppable: true,
        },
        {
          instanceId: bare,
          workspaceTag: null,
          generationTag: null,
          state: 'stopped',
          zone: 'us-east-1a',
          launchedAt: launchTime,
          stoppable: true,
        },
      ],
    ]);
  });

  it('shows those that live, and none of another registry or of none', async () => {
    const registry = randomUUID();
    const states = ['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'] as const;
    for (const state of states) await plantInstance({ state, tags: tagged(registry) });
    await plantInstance({ tags: tagged(randomUUID()) });
    await plantInstance({});
    const shown = (await pagesOf(registry)).flat().map(({ state }) => state);
    expect(shown).toEqual(['pending', 'running', 'stopping', 'stopped']);
  });

  it.each([
    [{ rootDeviceType: 'instance-store' }],
    [{ market: 'spot-one-time' }],
    [{ tags: { 'aws:autoscaling:groupName': 'g' } }],
  ] as const)('shows one that is %o as not stoppable', async (seed) => {
    const registry = randomUUID();
    const { tags = {}, ...others } = { tags: {}, ...seed };
    await plantInstance({ ...others, tags: { ...tagged(registry), ...tags } });
    expect((await pagesOf(registry)).flat()).toEqual([expect.objectContaining({ stoppable: false })]);
  });

  it('is empty where there are none', async () => {
    expect((await pagesOf(randomUUID())).flat()).toEqual([]);
  });

  it('comes in pages of at most 1,000', async () => {
    const registry = randomUUID();
    const ids = await plantInstances({ tags: tagged(registry), count: 2_001 });
    await resetEc2Calls();
    const pages = await pagesOf(registry);
    expect(pages.map(({ length }) => length)).toEqual([1_000, 1_000, 1]);
    expect(pages.flat().map(({ instanceId }) => instanceId)).toEqual(ids);
    expect(await ec2Calls()).toEqual({ DescribeInstances: 3 });
  });

  it.each([0, 1])('fails with its page after %i, so that no part is taken for the whole', async (before) => {
    const registry = randomUUID();
    await plantInstances({ tags: tagged(registry), count: 1_001 });
    const pages: unknown[] = [];
    const listed = async () => {
      if (before === 0) await ec2Faults({ errors: [{ code: 'InternalError' }] });
      for await (const page of createInstanceLister(createEc2Client()).listRegistered(registry)) {
        pages.push(page);
        await ec2Faults({ errors: [{ code: 'InternalError' }] });
      }
    };
    await expect(listed()).rejects.toThrow();
    expect(pages).toHaveLength(before);
  });

  it('fails where no answer comes in 20 s a page', async () => {
    const limits = hurryTimeLimits();
    await ec2Faults({ errors: [{ hang: true }] });
    await expect(pagesOf(randomUUID())).rejects.toThrow();
    expect(limits).toEqual([20_000]);
  });

  it('fails with an instance that cannot be read', async () => {
    const registry = randomUUID();
    await plantInstance({ tags: tagged(registry) });
    const client = createEc2Client();
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        const reservations = 'Reservations' in answer.output ? answer.output.Reservations : [];
        for (const { Instances = [] } of reservations ?? []) for (const instance of Instances) delete instance.State;
        return answer;
      },
      { step: 'initialize' },
    );
    await expect(pagesOf(registry, client)).rejects.toThrow('State');
  });
});

describe('an inquiry', () => {
  it('says whose each instance is', async () => {
    const ours = await plantInstance({ tags: tagged('ours') });
    const nobodys = await plantInstance({});
    const answers = await createInquirer(createEc2Client()).inquire([ours, nobodys]);
    expect(answers.get(ours)).toMatchObject({ observation: { registryId: 'ours' } });
    expect(answers.get(nobodys)).toMatchObject({ observation: { registryId: null } });
  });
});
