import type { Ec2 } from '../actions/action.ts';
import { Fleet } from '../fleet/fleet.ts';
import { Sight } from '../fleet/sight.ts';
import { LaunchTemplates } from '../launch-templates/launch-templates.ts';
import type { FaultState } from './fault-state.ts';

/** The Region as the fault state lets an action see it: what acts always sees the real one. */
export function asTold(action: string, ec2: Ec2, { empty, staleMs }: FaultState): Ec2 {
  if (empty && action.startsWith('Describe')) {
    return { ...ec2, sight: new Sight(new Fleet(ec2.network)), launchTemplates: new LaunchTemplates() };
  }
  return action === 'DescribeInstances' ? { ...ec2, sight: new Sight(ec2.fleet, staleMs) } : ec2;
}
