import type { Fleet } from '../fleet/fleet.ts';
import type { Instance } from '../fleet/instance.ts';
import { ControlError } from './control-error.ts';

/** The instance of this id, hidden or not. @throws {ControlError} 404 when there is none. */
export function existing(id: string, fleet: Fleet): Instance {
  const instance = fleet.get(id);
  if (!instance) throw new ControlError(404, `There is no instance ${id}`);
  return instance;
}

/** Those of these ids, all when there are no ids. @throws {ControlError} 404 for the first that does not exist. */
export function existingOf(ids: readonly string[] | undefined, fleet: Fleet): Instance[] {
  return ids ? ids.map((id) => existing(id, fleet)) : [...fleet.after(0)];
}
