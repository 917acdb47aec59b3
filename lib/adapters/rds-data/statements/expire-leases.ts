import * as z from 'zod/mini';
import type { Held } from '../../../domain/silence.ts';
import { EC2_OPERATIONS, movesOf } from '../../../domain/status.ts';
import type { By } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';

type ExpireInput = By & {
  readonly limit: number;
  /** Only what had run out when it was counted, so that nothing changes that was not held against the brake. */
  readonly surveyedAt: string;
  readonly held: Held;
  /** The instances that EC2 shows with an impaired system. */
  readonly impaired: readonly string[];
};

/** Of the live ones (`beat`: the alias of their heartbeats), those whose time is over. */
const hasRunOut = (beat: string) => `${beat}.lease_until < least(now(), :surveyed_at::timestamptz) AND (
    w.status = 'online' OR w.status = 'degraded'
      AND ${beat}.lease_until + make_interval(secs => ${beat}.lease_seconds) < now()
      AND w.status_since + make_interval(secs => ${beat}.lease_seconds) < now())`;

const IS_IMPAIRED = 'COALESCE(w.instance_id IN (SELECT instance_id FROM impaired), false)';

/** Whom a mass of silence does not hold back: EC2 agrees, or there is no mass where it is. */
const PASSES = `(${IS_IMPAIRED}
    OR :held::jsonb <> '"fleet"' AND NOT :held::jsonb @> jsonb_build_array(w.availability_zone))`;

/**
 * What was owed for an impaired system goes on after a second lease, since its instance may be stopped by then; a policy
 * that heals silence launches anew only where the power cycle is over.
 */
const OWES = `CASE
      WHEN w.restart_policy = 'never' THEN NULL
      WHEN w.status = 'degraded' AND (w.ec2_op = 'launch'
        OR w.ec2_op = 'start' AND (w.power_cycle OR w.restart_policy <> 'on_silence')) THEN w.ec2_op::text
      WHEN ${IS_IMPAIRED} THEN CASE WHEN w.stoppable THEN 'start' ELSE 'launch' END
      WHEN w.restart_policy = 'on_silence' THEN CASE w.status WHEN 'online' THEN 'reboot' ELSE 'launch' END
    END`;

/**
 * Silence: an online workspace whose lease ran out becomes degraded, a degraded one offline after a second full lease,
 * but for those that are held. An impaired system is left by a stop and a start. At most `limit` rows a statement; beats
 * are locked first, so a beat that commits meanwhile keeps its workspace.
 */
export const expireLeases = statement({
  sql: `
WITH impaired AS (
  SELECT jsonb_array_elements_text(:impaired::jsonb) AS instance_id
), silent AS (
  SELECT h.workspace_id
  FROM heartbeats h JOIN workspaces w ON w.id = h.workspace_id, sweep_state s
  WHERE s.grace_until < now() AND ${hasRunOut('h')} AND ${PASSES}
  ORDER BY h.workspace_id
  LIMIT :limit::integer
), beats AS (
  SELECT h.workspace_id, h.generation, h.last_heartbeat_at, h.lease_until, h.lease_seconds
  FROM heartbeats h JOIN silent s ON s.workspace_id = h.workspace_id
  WHERE h.lease_until < now()
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), confirmed AS (
  SELECT w.id, b.last_heartbeat_at, b.lease_until, b.lease_seconds, ${IS_IMPAIRED} AS is_impaired, ${OWES} AS owes
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id
  WHERE w.generation = b.generation AND ${hasRunOut('b')} AND ${PASSES}
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET
  status = (:moves::jsonb ->> w.status::text)::workspace_status,
  power_cycle = COALESCE(c.owes = 'start' AND (w.power_cycle OR w.ec2_op IS DISTINCT FROM 'start'), false),
  cause = jsonb_build_object(
    'event', 'lease_expired', 'reason', 'lease_expired',
    'evidence', jsonb_build_object(
      'last_heartbeat_at', NULLIF(c.last_heartbeat_at, '-infinity'), 'lease_until', NULLIF(c.lease_until, '-infinity'),
      'lease_seconds', c.lease_seconds)
      || CASE WHEN c.is_impaired THEN '{"system_status": "impaired"}'::jsonb ELSE '{}' END,
    'actor', :actor::text, 'request_id', :request_id::text, 'owes', c.owes)
FROM confirmed c WHERE w.id = c.id
RETURNING w.id, w.status, w.ec2_op AS owes`,
  bind: ({ limit, surveyedAt, held, impaired, actor, requestId }: ExpireInput) => ({
    limit,
    surveyed_at: surveyedAt,
    held: JSON.stringify(held),
    impaired: JSON.stringify(impaired),
    actor,
    request_id: requestId,
    moves: JSON.stringify(movesOf('lease_expired')),
  }),
  row: z.object({ id: z.uuid(), status: z.enum(['degraded', 'offline']), owes: z.nullable(z.enum(EC2_OPERATIONS)) }),
});
