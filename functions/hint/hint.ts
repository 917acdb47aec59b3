import type { Candidate, ConfirmResult } from '../../lib/domain/confirm.ts';
import type { ConvergeRequester } from '../../lib/domain/operation.ts';

type Ports = {
  readonly store: {
    findCandidate(key: { instanceId: string }): Promise<Candidate | undefined>;
    hastenOperations(key: { instanceId: string; withinSeconds: number }): Promise<readonly { id: string }[]>;
  };
  readonly confirm: (
    candidates: readonly Candidate[],
    context: { actor: string; requestId: string; fence: null },
  ) => Promise<ConfirmResult>;
  readonly converge: ConvergeRequester;
  /** Seconds after which EC2 would be asked again anyway. */
  readonly pollSeconds: number;
};

/**
 * A hint is never believed: it is a reason to ask EC2 about one instance now, on the sweep's own path, and to look at
 * once whether EC2 shows what it was asked for.
 */
export function createHint({ store, confirm, converge, pollSeconds }: Ports) {
  return async ({ instanceId, requestId }: { instanceId: string; requestId: string }) => {
    const candidate = await store.findCandidate({ instanceId });
    const confirmed = candidate && (await confirm([candidate], { actor: 'hint', requestId, fence: null }));
    const owing = await store.hastenOperations({ instanceId, withinSeconds: pollSeconds });
    for (const { id } of owing) await converge.request(id);
    if (candidate === undefined || confirmed === undefined) return { instance_id: instanceId, known: owing.length > 0 };
    const { verdicts, flipped } = confirmed;
    if (confirmed.owing && owing.length === 0) await converge.request(candidate.workspaceId);
    return { instance_id: instanceId, known: true, workspace_id: candidate.workspaceId, verdicts, flipped };
  };
}
