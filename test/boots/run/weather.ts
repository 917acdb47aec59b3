import { z } from 'zod';
import type { Stack } from '../../../infra/local/stack/start-stack.ts';
import type { Met } from './weather-met.ts';

const taken = z.object({ failed: z.int(), lost: z.int() });

/** Of all calls, one in three fails; of the Data API's, half of them after they were carried out. */
const ONE_IN_THREE = 1 / 3;
const DATABASE = { failShare: 1 / 6, loseShare: 1 / 5 };
const DOWNLOADS = { cut: 1 / 9, error: 1 / 9, expired: 1 / 9 };

/** Lets one in three asynchronous invokes, database calls and downloads fail. */
export async function turnRough(stack: Stack, seed: number): Promise<void> {
  stack.invokes.refuse(ONE_IN_THREE, seed);
  stack.downloads.set(DOWNLOADS, seed);
  await setDatabase(stack, { ...DATABASE, seed });
}

export async function turnCalm(stack: Stack): Promise<void> {
  stack.invokes.refuse(0);
  stack.downloads.set({});
  await setDatabase(stack, {});
}

/** What has been met until now. */
export async function weatherMet({ invokes, downloads, dataApi }: Stack): Promise<Met> {
  const { failed, lost } = taken.parse(await (await fetch(`${dataApi}/_control/taken`)).json());
  return { refused: invokes.refused, failed, lost, downloads: downloads.met };
}

async function setDatabase({ dataApi }: Stack, faults: object): Promise<void> {
  const url = `${dataApi}/_control/faults`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(faults) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}
