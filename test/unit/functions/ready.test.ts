import { describe, expect, it } from 'vitest';
import { createReady } from '../../../functions/ready/ready.ts';

describe('GET /ready', () => {
  it('asks the database once in five seconds, however often it is called', async () => {
    let [asked, time] = [0, 0];
    const { ready } = createReady({
      store: {
        async readSchemaVersion() {
          asked += 1;
          return { version: '0005_registry' };
        },
      },
      build: { sha: 's', version: 'v' },
      now: () => time,
    });
    expect(await ready()).toEqual({ status: 'ready', schema: '0005_registry', sha: 's', version: 'v' });
    time = 4_999;
    await ready();
    expect(asked).toBe(1);
    time = 5_000;
    await ready();
    expect(asked).toBe(2);
  });

  it('asks the database once for all who ask while it answers, and for five seconds after that', async () => {
    let [asked, time] = [0, 0];
    let answer = (_schema: { version: string }): void => undefined;
    const { ready } = createReady({
      store: {
        readSchemaVersion: () => {
          asked += 1;
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      },
      build: { sha: 's', version: 'v' },
      now: () => time,
    });
    const flood = [ready(), ready()];
    time = 6_000;
    flood.push(ready());
    answer({ version: '1' });
    expect(await Promise.all(flood)).toMatchObject([{ schema: '1' }, { schema: '1' }, { schema: '1' }]);
    time = 10_999;
    await ready();
    expect(asked).toBe(1);
  });

  it('keeps a failure as long: a flood while the database is down costs it no more', async () => {
    let [asked, time, down] = [0, 0, true];
    const { ready } = createReady({
      store: {
        readSchemaVersion: () => {
          asked += 1;
          return down ? Promise.reject(new Error('down')) : Promise.resolve({ version: '1' });
        },
      },
      build: { sha: 's', version: 'v' },
      now: () => time,
    });
    await expect(ready()).rejects.toThrow('down');
    down = false;
    time = 4_999;
    await expect(ready()).rejects.toThrow('down');
    expect(asked).toBe(1);
    time = 5_000;
    expect(await ready()).toMatchObject({ schema: '1' });
    expect(asked).toBe(2);
  });

  it('asks again after a clock that was set back, rather than never', async () => {
    let [asked, time] = [0, 60_000];
    const { ready } = createReady({
      store: {
        async readSchemaVersion() {
          asked += 1;
          return { version: '1' };
        },
      },
      build: { sha: 's', version: 'v' },
      now: () => time,
    });
    await ready();
    time = 0;
    await ready();
    expect(asked).toBe(2);
  });
});
