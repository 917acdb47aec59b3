import type { Ec2 } from '../actions/action.ts';
import type { Machine } from '../machine/machine.ts';
import { parseFaultState } from './fault-state.ts';
import type { Faults } from './faults.ts';
import { bulkHiding, bulkShowing, hideAll, showAll } from './hidden.ts';
import { plant, seeds } from './seed.ts';
import { bulkUntagging, untagAll } from './untag.ts';

export type ControlContext = { readonly ec2: Ec2; readonly faults: Faults; readonly machine: Machine };

type Route = (body: unknown, context: ControlContext) => unknown;

/** What concerns the whole Region, by method and path; each answers what goes back as JSON. */
export const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['GET /_control/faults', (_body, { faults }) => faults.state],
  [
    'POST /_control/faults',
    (body, { faults, ec2 }) => {
      faults.state = parseFaultState(body, ec2.network);
      return faults.state;
    },
  ],
  ['GET /_control/calls', (_body, { faults }) => faults.calls],
  [
    'DELETE /_control/calls',
    (_body, { faults }) => {
      faults.resetCalls();
      return {};
    },
  ],
  ['POST /_control/instances', (body, { ec2 }) => ({ instanceIds: plant(seeds.parse(body), ec2) })],
  [
    'POST /_control/hidden',
    (body, { ec2 }) => {
      hideAll(bulkHiding.parse(body), ec2.fleet);
      return {};
    },
  ],
  [
    'DELETE /_control/hidden',
    (body, { ec2 }) => {
      showAll(bulkShowing.parse(body), ec2.fleet);
      return {};
    },
  ],
  [
    'POST /_control/untag',
    (body, { ec2 }) => {
      untagAll(bulkUntagging.parse(body), ec2.fleet);
      return {};
    },
  ],
]);
