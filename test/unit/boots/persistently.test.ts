import { expect, it } from 'vitest';
import { eventually, persistently, Refused } from '../../boots/registry/persistently.ts';

const patient = () => AbortSignal.timeout(20_000);

it('tries again until it succeeds', async () => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    if (tries < 3) throw new Error('503');
    return tries;
  };
  expect(await persistently(work, patient())).toBe(3);
});

it('does not try again what is refused', async () => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    throw new Refused('409');
  };
  await expect(persistently(work, patient())).rejects.toThrow('409');
  expect(tries).toBe(1);
});

it('gives up when patience is over, and tells the last reason', async () => {
  const over = new AbortController();
  const work = async () => {
    over.abort();
    throw new Error('503');
  };
  await expect(persistently(work, over.signal)).rejects.toThrow('given up: 503');
});

it('looks until there is something, and names what it waited for', async () => {
  const seen = [undefined, 'there'];
  expect(await eventually('it', async () => seen.shift(), patient())).toBe('there');
  const over = new AbortController();
  const look = async () => {
    over.abort();
    return undefined;
  };
  await expect(eventually('the plugin', look, over.signal)).rejects.toThrow('given up: waited for the plugin');
});
