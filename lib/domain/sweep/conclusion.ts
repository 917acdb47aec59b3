import type { Ec2Operation, Status } from '../status.ts';
import { lacksOf } from './absence.ts';
import type { Case, Standing } from './argument.ts';
import type { Act, Decision } from './decide.ts';

/** What converge asks EC2 for, as a workspace is owed it. */
export const OWED = {
  launch: 'a launch',
  start: 'a start',
  stop: 'a stop',
  reboot: 'a reboot',
  terminate: 'its termination',
} as const satisfies Record<Ec2Operation, string>;

/** What it all comes to, as one sentence. */
export function conclude({ standing, decision, absence, braking }: Case): string {
  if (decision === null) return 'So there is nothing to ask EC2 about it: nothing would change.';
  const { act } = decision;
  if (act === null) return `So nothing would change: ${whyNothing(standing, decision)}.`;
  if (act !== 'note_absence') return CONCLUSIONS[act](standing, decision);
  if (absence === null) return 'So nothing would change: its row has moved on since it was read.';
  if (lacksOf(absence.facts, absence.policy).length > 0) {
    return 'So nothing would change yet; a sweep would count this answer towards the proof.';
  }
  if (braking === null) return 'So nothing would change yet: what the brake says of it is not known.';
  if (braking.heldBy !== null) return 'So nothing would change yet; the next sweep tries again.';
  return standing.status === 'offline' ? loseInstance(standing) : goOffline(standing);
}

const CONCLUSIONS = {
  instance_gone: (standing, { terminated }) => goOffline(standing, terminated ? '' : undefined),
  instance_stopped: stopped,
  owe_start: stoppedInBoot,
  clear: loseInstance,
  end_hold: endHold,
} as const satisfies Record<Exclude<Act, 'note_absence'>, (standing: Standing, decision: Decision) => string>;

/** What EC2 said of an instance that it had looked at before a heartbeat came is outweighed by the heartbeat. */
const UNLESS = ', unless it beats first';

const NEVER = 'its restart policy is never, so it would stay so';

function goOffline({ restartPolicy }: Standing, unless = UNLESS): string {
  if (restartPolicy === 'never') return `So it would go offline${unless}; ${NEVER}.`;
  return `So it would go offline${unless}, and a new instance would be launched in its place.`;
}

const BY_WHOM = 'EC2 calls that a user’s doing: if Muster asked for it, a start would follow; if a person did';

function stopped({ restartPolicy }: Standing, { stoppedByUser }: Decision): string {
  const offline = `So it would go offline${UNLESS}`;
  if (restartPolicy === 'never') return `${offline}; ${NEVER}.`;
  if (stoppedByUser) {
    return `${offline}. ${BY_WHOM}, it would be held, and not started again.`;
  }
  return `${offline}, and be started again.`;
}

function stoppedInBoot({ status, restartPolicy, owes, held }: Standing, { stoppedByUser }: Decision): string {
  if (restartPolicy === 'never') return 'So nothing would change: its restart policy is never.';
  if (owes !== null) return `So nothing would change: it is owed ${OWED[owes]} already.`;
  if (stoppedByUser && held) return 'So nothing would change: what a person has stopped is not started again.';
  const stays = `So it would stay ${status}${UNLESS}`;
  if (stoppedByUser) return `${stays}. ${BY_WHOM}, it would be held, and not started again.`;
  return `${stays}, and be started again.`;
}

function loseInstance({ status, owes, restartPolicy }: Standing): string {
  const loses = `So it would stay ${status}, without an instance`;
  if (status !== 'offline') return `${loses}.`;
  if (owes !== null) return `${loses}; it is owed ${OWED[owes]} already.`;
  return restartPolicy === 'never' ? `${loses}; ${NEVER}.` : `${loses}, and a new one would be launched.`;
}

function endHold({ status, owes }: Standing): string {
  if (status !== 'provisioning' && status !== 'offline') {
    return `So nothing would change: a hold means nothing to a workspace that is ${status}.`;
  }
  if (owes !== null) return `So nothing would change: it is owed ${OWED[owes]}, which comes first.`;
  const boots = status === 'offline' ? 'be provisioning again' : 'stay provisioning';
  return `So the hold would end, since somebody has started it: it would ${boots}, with a whole boot timeout to register in.`;
}

/** Why a living instance leads to nothing. */
const ALIVE = {
  provisioning: 'it is still booting',
  online: 'that is as it should be',
  degraded: 'its instance is not what ails it',
  offline: 'only its runtime’s own word brings it back',
  failed: 'only its runtime’s own word, or an operator, brings it back',
  paused: 'a sweep stops no instance',
  hibernated: 'a sweep stops no instance',
  removed: 'a sweep terminates no instance',
} as const satisfies Record<Status, string>;

function whyNothing({ status, held }: Standing, { verdict }: Decision): string {
  switch (verdict) {
    case 'alive':
      return ALIVE[status];
    case 'stopped':
      if (status === 'offline' && held) return 'what a person has stopped is not started again';
      return `for a workspace that is ${status}, a stop is no news`;
    case 'gone':
      return 'its instance stays in its row until EC2 says that it is terminated';
    case 'absent':
      return `what is ${status} does not beat, so that EC2 does not name its instance proves nothing`;
    case 'unknown':
      return 'what is not known is no proof, and the next sweep asks again';
  }
}
