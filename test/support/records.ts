import { beatPolicy, DEFAULT_POLICY, registerPolicy } from '../../lib/domain/policy.ts';
import type { Beat, HeartbeatRecord, RegisterRecord, Registration } from '../../lib/domain/voice.ts';

const claimsOf = (id: string) => ({ sub: id, gen: 1, ver: 1, kind: 'runtime' }) as const;

/** A healthy heartbeat of generation 1 and of a process that has just begun, as the store takes it. */
export const beatRecord = (id: string, beat: Partial<Beat> = {}): HeartbeatRecord => ({
  claims: claimsOf(id),
  beat: { error_rate: 0, active_tasks: 0, uptime_seconds: 0, runtime_state: '', ...beat },
  requestId: 'test',
  policy: beatPolicy(DEFAULT_POLICY),
});

/** A register of generation 1, as the store takes it. */
export const registerRecord = (id: string, registration: Registration = {}): RegisterRecord => ({
  claims: claimsOf(id),
  registration,
  requestId: 'test',
  policy: registerPolicy(DEFAULT_POLICY),
});
