import type { z } from 'zod';
import type { Fleet } from '../fleet/fleet.ts';
import type { Lifecycle } from '../fleet/lifecycle.ts';
import type { Network } from '../fleet/network.ts';
import type { Reservations } from '../fleet/reservations.ts';
import type { Sight } from '../fleet/sight.ts';
import type { LaunchTemplates } from '../launch-templates/launch-templates.ts';
import { Ec2Error } from '../query/ec2-error.ts';
import { parseParameters } from '../query/parameters.ts';
import type { ParameterTree } from '../query/parse-form.ts';
import type { XmlNode } from '../query/xml.ts';

/** The Region that the actions work on. */
export type Ec2 = {
  readonly fleet: Fleet;
  /** what callers are shown of the fleet */
  readonly sight: Sight;
  readonly lifecycle: Lifecycle;
  readonly reservations: Reservations;
  readonly network: Network;
  readonly launchTemplates: LaunchTemplates;
};

/**
 * Carries out one EC2 action at once, with nothing awaited, so that no two can interleave.
 * @throws {Ec2Error} what EC2 would refuse.
 */
export type Action = (parameters: ParameterTree, ec2: Ec2) => XmlNode;

/** An action from its parameters' schema and its deed; DryRun=true stops before the deed, as on EC2. */
export function defineAction<Schema extends z.ZodType>(
  schema: Schema,
  perform: (input: z.output<Schema>, ec2: Ec2, parameters: ParameterTree) => XmlNode,
): Action {
  return ({ DryRun, ...parameters }, ec2) => {
    const input = parseParameters(schema, parameters);
    if (DryRun === 'true') {
      throw new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
    }
    return perform(input, ec2, parameters);
  };
}
