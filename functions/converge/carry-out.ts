import type { Decision } from '../../lib/domain/converge.ts';
import { decide } from '../../lib/domain/converge.ts';
import type { OperationOutcome, OwedOperation, SettleRow } from '../../lib/domain/operation.ts';
import { INSTANCE_OPERATIONS } from '../../lib/domain/operation.ts';
import type { Inquiry } from '../../lib/domain/verdict.ts';
import { judge } from '../../lib/domain/verdict.ts';
import { askEc2 } from './ask-ec2.ts';
import { type Decided, keyOf } from './decided.ts';
import { launchAll } from './launch-all.ts';
import type { Claim, ConvergePorts } from './ports.ts';

/** What is left of a decision for which EC2 need not be asked; null where it is. */
const AT_ONCE = {
  wait: 'wait',
  done: 'done',
  forget: 'forget',
  hold: 'hold',
  back_off: 'refused',
  give_up: null,
  launch: null,
  start: null,
  stop: null,
  reboot: null,
  terminate: null,
} as const satisfies Record<Decision, OperationOutcome | null>;

/**
 * Does what the table says for each claimed workspace; one that EC2 refuses keeps none of the others from it.
 * @throws what the store throws: what could not be written is claimed again once the lease has run out
 */
export async function carryOut(
  ports: ConvergePorts,
  claimed: readonly OwedOperation[],
  answers: ReadonlyMap<string, Inquiry>,
  claim: Claim,
): Promise<{ counts: Record<string, number>; again: boolean }> {
  const { store, policy } = ports;
  const { lease, actor, requestId } = claim;
  const decided = claimed.map((owed) => decideOne(owed, answers, ports));
  const counts: Record<string, number> = {};
  for (const { decision } of decided) counts[decision] = (counts[decision] ?? 0) + 1;

  const of = (wanted: Decision) => decided.filter(({ decision }) => decision === wanted);
  const settled: SettleRow[] = decided.filter(({ decision }) => AT_ONCE[decision] !== null).map(({ row }) => row);
  for (const operation of INSTANCE_OPERATIONS) settled.push(...(await askEc2(ports, operation, of(operation), claim)));
  settled.push(...(await giveUp(ports, of('give_up'), claim)));

  const { pollSeconds, settleSeconds } = policy;
  const settle = (rows: readonly SettleRow[]) =>
    rows.length === 0
      ? Promise.resolve([])
      : store.settleOperations({ lease, actor, requestId, pollSeconds, settleSeconds, rows });
  // Launches take their time, one after the other: the others' leases are given back before.
  const first = await settle(settled);
  const last = await settle(await launchAll(ports, of('launch'), claim));
  return { counts, again: [...first, ...last].some(({ again }) => again) };
}

function decideOne(owed: OwedOperation, answers: ReadonlyMap<string, Inquiry>, { policy }: ConvergePorts): Decided {
  const { workspaceId: workspace_id, generation, operation, instanceId: instance_id } = owed;
  const inquiry = inquiryOf(instance_id, answers);
  const { decision, standing } = decide(owed, inquiry, policy);
  const row: SettleRow = {
    ...{ workspace_id, generation, operation, instance_id },
    outcome: AT_ONCE[decision] ?? 'wait',
    action: null,
    absent: inquiry === undefined || inquiry.kind === 'failed' ? null : inquiry.kind === 'not_named',
    stopping: standing === 'stopping',
    evidence: { standing, ...(inquiry === undefined ? {} : judge(inquiry).evidence) },
  };
  return { owed, decision, row };
}

function inquiryOf(instanceId: string | null, answers: ReadonlyMap<string, Inquiry>): Inquiry | undefined {
  if (instanceId === null) return undefined;
  return answers.get(instanceId) ?? { kind: 'failed', error: 'not asked' };
}

/** Fails what was tried too often; where the status knows no failure, the operation is dropped. */
async function giveUp({ store }: ConvergePorts, decided: readonly Decided[], { lease, actor, requestId }: Claim) {
  const rows = decided.flatMap(({ row }) => keyOf(row));
  if (rows.length === 0) return [];
  const failed = new Set((await store.spendBudget({ lease, actor, requestId, rows })).map(({ id }) => id));
  return decided
    .filter(({ owed }) => !failed.has(owed.workspaceId))
    .map(({ row }): SettleRow => ({ ...row, outcome: 'drop' }));
}
