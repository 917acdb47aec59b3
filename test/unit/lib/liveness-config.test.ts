import { describe, expect, it } from 'vitest';
import { CONFIG, readConfig } from '../../../lib/config.ts';

describe('the configuration of liveness and pace', () => {
  it('has the figures of the design where nothing is said', () => {
    expect(readConfig(CONFIG.grace, {})).toEqual({ gapSeconds: 90, graceSeconds: 270, outageShare: 0.5 });
    expect(readConfig(CONFIG.pace, {})).toMatchObject({ target_beats_per_second: 500 });
  });

  it('is what is said', () => {
    const env = { GAP_SECONDS: '120', GRACE_SECONDS: '60', OUTAGE_SHARE: '1', TARGET_BEATS_PER_SECOND: '100000' };
    expect(readConfig(CONFIG.grace, env)).toEqual({ gapSeconds: 120, graceSeconds: 60, outageShare: 1 });
    expect(readConfig(CONFIG.pace, env)).toMatchObject({ target_beats_per_second: 100_000 });
  });

  it.each([
    ['GAP_SECONDS', '74', 'is under 75'],
    ['GAP_SECONDS', '3601', 'is over 3600'],
    ['GAP_SECONDS', '180.5', 'is no whole number'],
    ['GRACE_SECONDS', '59', 'is under 60'],
    ['GRACE_SECONDS', '86401', 'is over 86400'],
    ['OUTAGE_SHARE', '0.09', 'is under 0.1'],
    ['OUTAGE_SHARE', '1.1', 'is over 1'],
  ])('refuses %s=%s: it %s', (name, value, fault) => {
    expect(() => readConfig(CONFIG.grace, { [name]: value })).toThrow(`${name} ${fault}`);
  });

  it.each([
    ['0', 'is under 1'],
    ['100001', 'is over 100000'],
    ['2.5', 'is no whole number'],
  ])('refuses a target of %s beats a second: it %s', (value, fault) => {
    expect(() => readConfig(CONFIG.pace, { TARGET_BEATS_PER_SECOND: value })).toThrow(
      `TARGET_BEATS_PER_SECOND ${fault}`,
    );
  });
});
