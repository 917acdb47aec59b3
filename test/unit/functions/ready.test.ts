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

  it('keeps no failure', async () => {
    let down = true;
    const { ready } = createReady({
      store: {
        readSchemaVersion: () => (down ? Promise.reject(new Error('down')) : Promise.resolve({ version: '1' })),
      },
      build: { sha: 's', version: 'v' },
      now: () => 0,
    });
    await expect(ready()).rejects.toThrow('down');
    down = false;
    expect(await ready()).toMatchObject({ schema: '1' });
  });
});
