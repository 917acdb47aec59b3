import { beforeEach, expect, it } from 'vitest';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import { rowOf } from '../../support/registry.ts';
import { livenessWith } from './aged.ts';
import { manyOf, removeEarlier, silentWorkspace } from './silent.ts';

const TWO_DAYS = 172_800;

beforeEach(removeEarlier);

it('a mass that has been silent for days, while others are heard, hides no later death', async () => {
  await manyOf(25, { silentFor: 0 });
  const ghosts = await manyOf(5, { silentFor: TWO_DAYS, statusFor: TWO_DAYS + 100 });
  const lone = await silentWorkspace();
  for (let run = 0; run < 2; run += 1) await livenessWith({ brake: DEFAULT_BRAKE });
  expect(await rowOf(lone.id)).toMatchObject({ status: 'degraded' });
  for (const { id } of ghosts) expect(await rowOf(id)).toMatchObject({ status: 'degraded' });
});
