import { type AbsenceFacts, DEFAULT_ABSENCE } from '../../../lib/domain/sweep/absence.ts';
import { argue, type Braking, type Case, type Standing } from '../../../lib/domain/sweep/argument.ts';
import { decide } from '../../../lib/domain/sweep/decide.ts';
import type { Inquiry, InstanceState } from '../../../lib/domain/verdict.ts';

export const id = '019a0000-0000-7000-8000-000000000001';
export const instanceId = 'i-0123456789abcdef0';

export const standingOf = (more: Partial<Standing> = {}): Standing => ({
  workspaceId: id,
  name: 'shop',
  at: '2026-11-21T12:46:00.5Z',
  status: 'online',
  statusSince: '2026-11-21T12:00:00.25Z',
  statusReason: 'register',
  instanceId,
  generation: 2,
  zone: 'us-east-1a',
  held: false,
  external: false,
  restartPolicy: 'on_instance_loss',
  owes: null,
  launchedAt: '2026-11-21T11:58:00.125Z',
  silentSeconds: 400.4,
  leaseSeconds: -220.9,
  ...more,
});

export const named = (state: InstanceState, reasonCode: string | null = null): Inquiry => ({
  kind: 'named',
  observation: { instanceId, state, reasonCode, zone: 'us-east-1a', registryId: null, spot: false },
});
export const failed = (error: string): Inquiry => ({ kind: 'failed', error });
export const NOT_NAMED: Inquiry = { kind: 'not_named' };

const proved: AbsenceFacts = {
  workspaceId: id,
  cycles: 4,
  missingSeconds: 301,
  ageSeconds: 2_880,
  leaseSeconds: -220.9,
  graceSeconds: -1_000,
};
export const passes: Braking = { heldBy: null, zoneAllows: 2, zoneWorkspaces: 12, fleetAllows: 3, fleetWorkspaces: 30 };

export const decisionOf = (standing: Standing, inquiry: Inquiry) =>
  decide(
    {
      ...standing,
      silenced: standing.statusReason === 'lease_expired',
      instanceId,
      settling: false,
      owing: standing.owes !== null,
      mended: standing.restartPolicy !== 'never',
      missing: false,
      askedAt: 'now',
    },
    inquiry,
  );

/** What the sweep would argue after this answer of EC2. */
export function argumentOn(
  inquiry: Inquiry,
  more: Partial<Standing> = {},
  rest: Partial<Case> = {},
): readonly string[] {
  const standing = standingOf(more);
  return argue({ standing, decision: decisionOf(standing, inquiry), absence: null, braking: null, ...rest });
}

export const conclusionOn = (...args: Parameters<typeof argumentOn>) => argumentOn(...args).at(-1);

export const absence = (facts: Partial<AbsenceFacts> = {}) => ({
  absence: { facts: { ...proved, ...facts }, policy: DEFAULT_ABSENCE },
});
