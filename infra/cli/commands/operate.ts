import { z } from 'zod';
import type { OperateLine } from '../command-line/parse.ts';
import type { Call, RegistryClient } from '../registry/client.ts';
import { understood } from '../registry/understood.ts';
import type { Surroundings } from '../surroundings.ts';
import { toJson } from '../view/json.ts';

const operated = z.object({
  id: z.string(),
  status: z.string(),
  generation: z.int(),
  owed_operation: z.string().nullable(),
  changed: z.boolean(),
});

/** Asks for one change of a workspace: what it owes EC2 is recorded with it, and done by the registry afterwards. */
export async function operate(line: OperateLine, registry: RegistryClient, { print }: Surroundings): Promise<void> {
  const answer = await registry.call(callOf(line));
  if (line.json) return print(toJson(answer, 2));
  const { id, status, generation, owed_operation, changed } = understood(operated, answer);
  const owes = owed_operation === null ? '' : `, owes ${owed_operation}`;
  print(`${id}: ${status}, generation ${generation}${owes}${changed ? '' : ' (it was so already: nothing changed)'}`);
}

function callOf({ command, id, replace }: OperateLine): Call {
  const path = `/workspaces/${id}`;
  if (command === 'rm') return { method: 'DELETE', path };
  return { method: 'POST', path: `${path}/${command}`, ...(replace && { query: [['replace', 'true']] }) };
}
