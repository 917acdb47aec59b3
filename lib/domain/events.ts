import type { TransitionEvent } from './status.ts';
import { TRANSITION_EVENTS } from './status.ts';

/** Events that tell of something other than a status change. */
export const NOTE_EVENTS = [
  'new_boot',
  'instance_launched',
  'instance_cleared',
  'plan_made',
  'reconciled',
  'plugin_installed',
  'plugin_failed',
  'plugin_removed',
] as const;

export type NoteEvent = (typeof NOTE_EVENTS)[number];

/** Every kind of event that a workspace's history can hold. */
export type WorkspaceEventKind = TransitionEvent | NoteEvent;

export const WORKSPACE_EVENT_KINDS: readonly WorkspaceEventKind[] = [...TRANSITION_EVENTS, ...NOTE_EVENTS];
