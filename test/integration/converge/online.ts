import { expect } from 'vitest';
import { createLaunched, instancesOf } from '../../support/converge.ts';
import { register } from '../../support/runtime.ts';

/** The states in which EC2 shows a workspace's instances, the dead ones too, in the order of their launch. */
export const stateOf = async (id: string) => (await instancesOf(id, { dead: true })).map(({ state }) => state);

/** A workspace whose instance runs and whose runtime has registered, with boot b1. */
export async function online() {
  const made = await createLaunched();
  await register(await made.token(1, 'bootstrap'), { id: made.id, boot_id: 'b1' });
  await expect.poll(() => stateOf(made.id)).toEqual(['running']);
  return made;
}
