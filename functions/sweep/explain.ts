import type { Candidate } from '../../lib/domain/candidate.ts';
import { inquireAll } from '../../lib/domain/confirm.ts';
import { WorkspaceNotFound } from '../../lib/domain/errors.ts';
import { lacksOf } from '../../lib/domain/sweep/absence.ts';
import { argue, type Braking, type Standing } from '../../lib/domain/sweep/argument.ts';
import { type Absence, absencesOf, brakeEvidence, headcountOf } from './absences.ts';
import type { SweepPorts, Thresholds } from './ports.ts';
import { type SurveyStore, survey } from './survey.ts';

export type ExplainStore = SurveyStore & {
  readStanding(key: {
    id: string;
  }): Promise<(Standing & Omit<Candidate, 'instanceId'> & { readonly instanceId: string | null }) | undefined>;
};

type Ports = Thresholds & Pick<SweepPorts, 'openEc2'> & { readonly store: ExplainStore };

/** What a sweep would do to one workspace now, as an argument; nothing is written. */
export function createExplain({ store, openEc2, absence: policy, brake }: Ports) {
  /** @throws WorkspaceNotFound */
  return async ({ workspaceId, timeLeftMs }: { workspaceId: string; timeLeftMs: () => number }) => {
    const standing = await store.readStanding({ id: workspaceId });
    if (standing === undefined) throw new WorkspaceNotFound(`no workspace ${workspaceId}`);
    const { instanceId } = standing;
    const ec2 = openEc2(timeLeftMs());
    const [decision = null] = instanceId === null ? [] : await inquireAll(ec2, [{ ...standing, instanceId }]);
    const counted = decision?.act === 'note_absence' ? await store.readAbsences({ ids: [workspaceId] }) : [];
    const [absence = null] = decision === null ? [] : absencesOf([decision], counted);
    const proved = absence !== null && lacksOf(absence.facts, policy).length === 0;
    const braking = proved ? await brakingOf(absence) : null;
    const facts = absence === null ? null : { facts: absence.facts, policy };
    return {
      explain: workspaceId,
      verdict: decision?.verdict ?? null,
      reason: decision?.reason ?? null,
      evidence: decision?.evidence ?? {},
      argument: argue({ standing, decision, absence: facts, braking }),
    };

    /** The brake goes by the whole fleet, so all of it has to be looked at; null: it was no longer absent there. */
    async function brakingOf({ zone }: Absence): Promise<Braking | null> {
      const { fleet, braked } = await survey(store, ec2, { absence: policy, brake });
      const isIt = ({ decision: { candidate } }: Absence) => candidate.workspaceId === workspaceId;
      const held = braked.held.find(({ due }) => isIt(due));
      if (held === undefined && !braked.passed.some(isIt)) return null;
      const evidence = brakeEvidence(zone, headcountOf(fleet), { brake });
      return {
        heldBy: held?.by ?? null,
        zoneAllows: evidence.zone_allows,
        zoneWorkspaces: evidence.zone_workspaces,
        fleetAllows: evidence.fleet_allows,
        fleetWorkspaces: evidence.fleet_workspaces,
      };
    }
  };
}
