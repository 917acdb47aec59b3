import type { PublishedPlugin } from '../../../infra/local/artefacts/start-artefacts.ts';
import { WAY_NAMES } from '../ways/ways.ts';
import type { Case } from './run-case.ts';

/** Where a boot's artefact comes from: turn about, over the ways as over the boots of one; in rough weather the other. */
export function sourceOf({ way, weather, number }: Case): keyof PublishedPlugin {
  const turn = WAY_NAMES.indexOf(way) + number + (weather === 'rough' ? 1 : 0);
  return turn % 2 === 0 ? 's3' : 'web';
}
