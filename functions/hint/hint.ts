import type { Candidate, ConfirmResult } from '../../lib/domain/confirm.ts';

type Ports = {
  readonly store: { findCandidate(key: { instanceId: string }): Promise<Candidate | undefined> };
  readonly confirm: (
    candidates: readonly Candidate[],
    context: { actor: string; requestId: string; fence: null },
  ) => Promise<ConfirmResult>;
};

/** A hint is never believed: it is a reason to ask EC2 about one instance now, on the sweep's own path. */
export function createHint({ store, confirm }: Ports) {
  return async ({ instanceId, requestId }: { instanceId: string; requestId: string }) => {
    const candidate = await store.findCandidate({ instanceId });
    if (candidate === undefined) return { instance_id: instanceId, known: false };
    const { verdicts, flipped } = await confirm([candidate], { actor: 'hint', requestId, fence: null });
    return { instance_id: instanceId, known: true, workspace_id: candidate.workspaceId, verdicts, flipped };
  };
}
