import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/** Which registry this is: the value of the tag muster:registry on its instances. */
export const readRegistry = statement({
  sql: 'SELECT id AS "registryId" FROM registry_identity',
  bind: () => ({}),
  row: z.object({ registryId: z.uuid() }),
});
