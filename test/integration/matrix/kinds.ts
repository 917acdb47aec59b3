import type { Status } from '../../../lib/domain/status.ts';
import type { RestartPolicy } from '../../../lib/domain/workspace.ts';

/** What an instance really is at EC2. none: there is no such instance. */
type Real = 'running' | 'stopped' | 'stopped by a person' | 'shutting-down' | 'terminated' | 'none';

/**
 * beats: before every sweep. silent: an hour ago, its lease long over. lapsed: two minutes ago, its lease just over.
 * leased: eight minutes ago, under a lease that is still on. never: nothing yet.
 */
type Voice = 'beats' | 'silent' | 'lapsed' | 'leased' | 'never';

/** What happens to it between EC2's answer and the write; late: before the absences are ended. */
export type Change =
  | 'beats'
  | 'is started'
  | 'is replaced'
  | 'is raised'
  | 'has another instance'
  | 'is paused'
  | 'is removed'
  | 'blinks'
  | 'comes to owe';

/** What a workspace and its instance are when a sweep comes. */
export type Kind = {
  readonly name: string;
  readonly status: Status;
  readonly real: Real;
  readonly voice: Voice;
  /** Launched just now, or booted just now; else two hours ago. */
  readonly lately?: 'launched' | 'booted';
  /** Sweeps that have not found it, and the seconds since the first of them. */
  readonly missed?: readonly [sweeps: number, seconds: number];
  readonly policy?: RestartPolicy;
  readonly held?: true;
  /** Its row does not say where it is. */
  readonly nowhere?: true;
  /** The last thing that happened at EC2 was a start. */
  readonly started?: true;
  readonly meanwhile?: Change;
  readonly late?: Change;
  /** In each of the zones; else in one, which differs from world to world. */
  readonly everywhere?: true;
};

/** Long enough ago, and often enough, but for one more sweep. */
const NEARLY = [2, 400] as const;
/** Those that have waited longest are the first that the brake lets through. */
const LONGEST = [2, 900] as const;

type Form = Omit<Kind, 'name' | 'status' | 'real' | 'voice'>;
const kind = (name: string, status: Status, real: Real, voice: Voice, form: Form = {}): Kind => ({
  name,
  status,
  real,
  voice,
  ...form,
});

const ALIVE: readonly Kind[] = [
  kind('alive and beating', 'online', 'running', 'beats', { everywhere: true }),
  kind('alive and beating, missed before', 'online', 'running', 'beats', { missed: NEARLY }),
  kind('alive and silent', 'online', 'running', 'silent', { everywhere: true }),
  kind('alive and silent, missed before', 'online', 'running', 'silent', { missed: NEARLY, everywhere: true }),
  kind('degraded', 'degraded', 'running', 'lapsed'),
  kind('booting', 'provisioning', 'running', 'never'),
  kind('offline for its silence', 'offline', 'running', 'silent'),
  kind('nowhere', 'online', 'running', 'beats', { nowhere: true }),
  kind('launched just now', 'online', 'running', 'beats', { lately: 'launched', everywhere: true }),
  kind('launched just now, not heard', 'provisioning', 'running', 'never', { lately: 'launched', missed: NEARLY }),
  kind('started just now', 'online', 'running', 'beats', { lately: 'booted', started: true }),
  kind('started just now, not heard', 'provisioning', 'running', 'silent', { lately: 'booted', started: true }),
];

const STOPPED: readonly Kind[] = [
  kind('stopped', 'online', 'stopped', 'lapsed', { everywhere: true }),
  kind('stopped by a person', 'online', 'stopped by a person', 'lapsed'),
  kind('stopped, never to be restarted', 'online', 'stopped', 'silent', { policy: 'never' }),
  kind('degraded and stopped', 'degraded', 'stopped', 'silent'),
  kind('booting and stopped', 'provisioning', 'stopped', 'never'),
  kind('booting and stopped by a person', 'provisioning', 'stopped by a person', 'never'),
  kind('booting and stopped, never to be restarted', 'provisioning', 'stopped', 'never', {
    policy: 'never',
    missed: NEARLY,
  }),
  kind('held', 'offline', 'stopped by a person', 'silent', { held: true }),
  kind('held, and running again', 'offline', 'running', 'silent', { held: true }),
  kind('held while booting, and running again', 'provisioning', 'running', 'never', { held: true }),
  kind('stopped, beats meanwhile', 'online', 'stopped', 'lapsed', { meanwhile: 'beats', missed: NEARLY }),
  kind('stopped, started meanwhile', 'online', 'stopped', 'lapsed', { meanwhile: 'is started' }),
  kind('booting and stopped, started meanwhile', 'provisioning', 'stopped', 'never', { meanwhile: 'is started' }),
  kind('booting and stopped, raised meanwhile', 'provisioning', 'stopped', 'never', { meanwhile: 'is raised' }),
  kind('booting and stopped, adopts meanwhile', 'provisioning', 'stopped', 'never', {
    meanwhile: 'has another instance',
  }),
  kind('held, running again, raised meanwhile', 'offline', 'running', 'silent', { held: true, meanwhile: 'is raised' }),
  kind('booting and stopped, owes meanwhile', 'provisioning', 'stopped', 'never', { meanwhile: 'comes to owe' }),
  kind('stopped, removed meanwhile', 'online', 'stopped', 'lapsed', { meanwhile: 'is removed' }),
  kind('held, running again, blinks meanwhile', 'offline', 'running', 'silent', { held: true, meanwhile: 'blinks' }),
  kind('held, running again, owes meanwhile', 'offline', 'running', 'silent', {
    held: true,
    meanwhile: 'comes to owe',
  }),
  kind('held, running again, paused meanwhile', 'offline', 'running', 'silent', { held: true, meanwhile: 'is paused' }),
];

const GONE: readonly Kind[] = [
  kind('gone', 'online', 'terminated', 'lapsed', { everywhere: true }),
  kind('gone, never to be restarted', 'online', 'terminated', 'silent', { policy: 'never' }),
  kind('gone from nowhere', 'online', 'terminated', 'silent', { nowhere: true }),
  kind('shutting down', 'online', 'shutting-down', 'lapsed'),
  kind('degraded and gone', 'degraded', 'terminated', 'silent'),
  kind('booting and gone', 'provisioning', 'terminated', 'never'),
  kind('offline and gone', 'offline', 'terminated', 'silent', { everywhere: true }),
  kind('offline and gone, never to be restarted', 'offline', 'terminated', 'silent', { policy: 'never' }),
  kind('offline and shutting down', 'offline', 'shutting-down', 'silent', { missed: NEARLY }),
  kind('gone, beats meanwhile', 'online', 'terminated', 'lapsed', { meanwhile: 'beats' }),
  kind('shutting down, beats meanwhile', 'online', 'shutting-down', 'lapsed', { meanwhile: 'beats' }),
  kind('gone, replaced meanwhile', 'online', 'terminated', 'lapsed', { meanwhile: 'is replaced' }),
  kind('gone, paused meanwhile', 'online', 'terminated', 'lapsed', { meanwhile: 'is paused' }),
  kind('gone, blinks meanwhile', 'online', 'terminated', 'lapsed', { meanwhile: 'blinks' }),
  kind('offline and gone, blinks meanwhile', 'offline', 'terminated', 'silent', { meanwhile: 'blinks' }),
  kind('gone, raised meanwhile', 'online', 'terminated', 'lapsed', { meanwhile: 'is raised' }),
  kind('gone, another instance meanwhile', 'online', 'terminated', 'lapsed', { meanwhile: 'has another instance' }),
  kind('offline and gone, raised meanwhile', 'offline', 'terminated', 'silent', { meanwhile: 'is raised' }),
  kind('offline and gone, adopts meanwhile', 'offline', 'terminated', 'silent', { meanwhile: 'has another instance' }),
  kind('offline and gone, replaced meanwhile', 'offline', 'terminated', 'silent', { meanwhile: 'is replaced' }),
];

const ABSENT: readonly Kind[] = [
  kind('absent, young', 'online', 'none', 'silent', { lately: 'launched', missed: NEARLY }),
  kind('absent, booted lately', 'online', 'none', 'silent', { lately: 'booted', missed: NEARLY }),
  kind('absent, old', 'online', 'none', 'silent', { missed: NEARLY, everywhere: true }),
  kind('absent, old, never to be restarted', 'online', 'none', 'silent', { missed: NEARLY, policy: 'never' }),
  kind('absent, old, degraded', 'degraded', 'none', 'silent', { missed: NEARLY }),
  kind('absent, old, booting', 'provisioning', 'none', 'never', { missed: NEARLY }),
  kind('absent, old, offline', 'offline', 'none', 'silent', { missed: NEARLY }),
  kind('absent for the first time', 'online', 'none', 'silent'),
  kind('absent in too few sweeps', 'online', 'none', 'silent', { missed: [1, 400] }),
  kind('absent for too short a time', 'online', 'none', 'silent', { missed: [2, 200] }),
  kind('absent, heard between', 'online', 'none', 'lapsed', { missed: NEARLY }),
  kind('absent, its lease still on', 'online', 'none', 'leased', { missed: NEARLY }),
  kind('absent and beating', 'online', 'none', 'beats', { missed: NEARLY }),
  kind('absent, paused', 'paused', 'none', 'silent', { missed: NEARLY }),
  kind('absent, removed', 'removed', 'none', 'silent', { missed: NEARLY }),
  kind('absent, beats meanwhile', 'online', 'none', 'silent', { missed: LONGEST, meanwhile: 'beats' }),
  kind('absent, blinks meanwhile', 'online', 'none', 'silent', { missed: LONGEST, meanwhile: 'blinks' }),
  kind('absent, beats late', 'online', 'none', 'silent', { missed: LONGEST, late: 'beats' }),
  kind('absent, replaced late', 'online', 'none', 'silent', { missed: LONGEST, late: 'is replaced' }),
  kind('absent, raised late', 'online', 'none', 'silent', { missed: LONGEST, late: 'is raised' }),
  kind('absent, another instance late', 'online', 'none', 'silent', { missed: LONGEST, late: 'has another instance' }),
  kind('absent, paused late', 'online', 'none', 'silent', { missed: LONGEST, late: 'is paused' }),
  kind('absent, blinks late', 'online', 'none', 'silent', { missed: LONGEST, late: 'blinks' }),
];

const RESTING: readonly Kind[] = [
  kind('paused', 'paused', 'stopped by a person', 'silent', { everywhere: true }),
  kind('paused and gone', 'paused', 'terminated', 'silent'),
  kind('paused and shutting down', 'paused', 'shutting-down', 'silent'),
  kind('hibernated', 'hibernated', 'stopped', 'silent'),
  kind('hibernated and gone', 'hibernated', 'terminated', 'silent'),
  kind('failed', 'failed', 'running', 'never'),
  kind('failed and gone', 'failed', 'terminated', 'never'),
  kind('removed', 'removed', 'running', 'silent'),
  kind('removed and gone', 'removed', 'terminated', 'silent', { everywhere: true }),
];

/** All that stands in one fleet. */
export const KINDS: readonly Kind[] = [...ALIVE, ...STOPPED, ...GONE, ...ABSENT, ...RESTING];
