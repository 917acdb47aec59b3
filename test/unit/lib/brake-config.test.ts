import { describe, expect, it } from 'vitest';
import { CONFIG, readConfig } from '../../../lib/config.ts';
import { slowed } from '../../../lib/domain/brake.ts';

describe('the configuration of the brake', () => {
  it.each(['0', '-1'])('refuses BRAKE_FLOOR=%s, which would keep the ghosts of every small zone for ever', (floor) => {
    expect(() => readConfig(CONFIG.brake, { BRAKE_FLOOR: floor })).toThrow('BRAKE_FLOOR is under 1');
  });

  it.each(['1.5', '100.00000000000001'])('refuses BRAKE_FLOOR=%s, which is no whole number', (floor) => {
    expect(() => readConfig(CONFIG.brake, { BRAKE_FLOOR: floor })).toThrow('BRAKE_FLOOR is no whole number');
  });

  it('lets the smallest zone lose one a sweep, however narrow it is', () => {
    const narrowest = readConfig(CONFIG.brake, { BRAKE_FLOOR: '1', BRAKE_SHARE: '0' });
    expect(slowed([{ zone: 'a' }], new Map([['a', 1]]), narrowest).passed).toHaveLength(1);
  });
});
