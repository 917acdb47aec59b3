import { describe, expect, it } from 'vitest';
import { DownloadFaults, type FaultShares } from '../../../infra/local/s3/downloads/faults.ts';
import { content, startedS3 } from './started.ts';

const third = { cut: 1 / 9, error: 1 / 9, expired: 1 / 9 };

function sequence(shares: FaultShares, seed?: number): (string | undefined)[] {
  const faults = new DownloadFaults();
  faults.set(shares, seed);
  return Array.from({ length: 900 }, () => faults.take());
}

describe('the faults of downloads', () => {
  it('are none unless they are asked for', () => {
    expect(new Set(sequence({}))).toEqual(new Set([undefined]));
  });

  it('take their share each, of the same downloads for the same seed', () => {
    const met = sequence(third, 7);
    expect(met.filter((fault) => fault !== undefined).length / met.length).toBeCloseTo(1 / 3, 1);
    for (const fault of ['cut', 'error', 'expired']) {
      expect(met.filter((one) => one === fault).length / met.length).toBeCloseTo(1 / 9, 1);
    }
    expect(sequence(third, 7)).toEqual(met);
    expect(sequence(third, 8)).not.toEqual(met);
  });

  it('begin their sequence again where they are set again, and are counted', () => {
    const faults = new DownloadFaults();
    const take = () => Array.from({ length: 20 }, () => faults.take());
    faults.set(third);
    const first = take();
    faults.set(third);
    expect(take()).toEqual(first);
    const cuts = first.filter((fault) => fault === 'cut').length;
    expect(faults.met.get('cut')).toBe(2 * cuts);
  });
});

describe('a download from the local S3', () => {
  it('breaks off in the middle', async () => {
    const { faults, linkTo } = await startedS3();
    faults.set({ cut: 1 });
    const response = await fetch(await linkTo('a.tgz'));
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '10']);
    const read: Uint8Array[] = [];
    const reading = async () => {
      for await (const chunk of response.body ?? []) read.push(chunk);
    };
    await expect(reading()).rejects.toThrow();
    expect(Buffer.concat(read)).toEqual(content.subarray(0, 5));
  });

  it('goes on where it broke off', async () => {
    const { faults, linkTo } = await startedS3();
    faults.set({ cut: 1 });
    const response = await fetch(await linkTo('a.tgz'), { headers: { range: 'bytes=6-' } });
    expect(response.status).toBe(206);
    await expect(response.text()).rejects.toThrow();
    faults.set({});
    const rest = await fetch(await linkTo('a.tgz'), { headers: { range: 'bytes=8-' } });
    expect(await rest.text()).toBe('89');
  });

  it.each([
    [{ error: 1 }, 500, 'InternalError'],
    [{ expired: 1 }, 403, 'Request has expired'],
  ])('is answered as with %j', async (shares, status, text) => {
    const { faults, linkTo } = await startedS3();
    faults.set(shares);
    const response = await fetch(await linkTo('a.tgz'));
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });

  it('meets no fault where it would be refused anyway', async () => {
    const { faults, linkTo } = await startedS3();
    faults.set({ error: 1 });
    expect((await fetch(await linkTo('none.tgz'))).status).toBe(404);
    expect(faults.met.size).toBe(0);
  });
});
