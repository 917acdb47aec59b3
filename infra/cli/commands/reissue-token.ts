import { z } from 'zod';
import type { ReissueTokenLine } from '../command-line/parse.ts';
import type { RegistryClient } from '../registry/client.ts';
import { understood } from '../registry/understood.ts';
import type { Surroundings } from '../surroundings.ts';
import { toJson } from '../view/json.ts';

const reissued = z.object({
  id: z.string(),
  status: z.string(),
  generation: z.int(),
  runtime_token: z.string(),
  bootstrap_token: z.string(),
});

/** Ends every token of a workspace and prints its new ones: its runtime has to be given one of them. */
export async function reissueToken(
  line: ReissueTokenLine,
  registry: RegistryClient,
  { print }: Surroundings,
): Promise<void> {
  const answer = await registry.call({ method: 'POST', path: `/workspaces/${line.id}/reissue-token` });
  if (line.json) return print(toJson(answer, 2));
  const { id, status, generation, runtime_token, bootstrap_token } = understood(reissued, answer);
  print(`${id}: ${status}, generation ${generation}; every earlier token is dead`);
  print(`runtime_token   ${runtime_token}`);
  print(`bootstrap_token ${bootstrap_token}`);
}
