import type { Way } from '../run/boots.ts';
import { heartbeatOnly, registerFirst } from './external.ts';
import { both, declared, offlineAndBack, replaced, restarted, resumed, vanished } from './instances.ts';

export const WAY_NAMES = [
  'register-first',
  'heartbeat-only',
  'both',
  'offline-and-back',
  'restarted',
  'replaced',
  'resumed',
  'declared',
  'vanished',
] as const;

export type WayName = (typeof WAY_NAMES)[number];

/** Every way in which a declared plugin may come to be missing from a runtime that is there. */
export const WAYS: Readonly<Record<WayName, Way>> = {
  'register-first': registerFirst,
  'heartbeat-only': heartbeatOnly,
  both,
  'offline-and-back': offlineAndBack,
  restarted,
  replaced,
  resumed,
  declared,
  vanished,
};
