import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Delivery } from '../../../infra/local/stack/start-instances.ts';
import { CLEAR, type Weather } from '../plan/weather.ts';
import type { Tally } from './tally.ts';

/** Where faults are set. */
type Servers = { readonly ec2: string; readonly dataApi: string };

const left = z.object({ times: z.int() });
const ec2Left = z.object({
  errors: z
    .array(
      z.looseObject({ times: z.int(), action: z.string(), code: z.string().optional(), when: z.string().optional() }),
    )
    .default([]),
});
const dataApiLeft = z.object({ failBeforeExecution: left.optional(), loseAnswer: left.optional() });

type Left = ReadonlyMap<string, number>;

/** Makes the weather, and counts what was met of each before it changes. */
export class Skies {
  readonly #tally: Tally;
  readonly #seed: number;
  #lostEvents = 0;
  #events = 0;
  #set: Left = new Map();

  constructor(tally: Tally, seed: number) {
    this.#tally = tally;
    this.#seed = seed;
  }

  /** Loses the share of EC2's events that the weather says, of all events the same ones for a seed. */
  readonly delivery: Delivery = async (_event, deliver) => {
    const draw =
      createHash('sha256')
        .update(`${this.#seed} ${this.#events++}`)
        .digest()
        .readUInt32BE() /
      2 ** 32;
    if (draw < this.#lostEvents) return this.#tally.met('EC2 event lost', 1);
    await deliver().catch(() => this.#tally.met('EC2 event lost in a crash', 1));
  };

  async change(servers: Servers, { ec2, dataApi, lostEvents }: Weather): Promise<void> {
    await this.count(servers);
    this.#lostEvents = lostEvents;
    await post(`${servers.ec2}/_control/faults`, ec2);
    await post(`${servers.dataApi}/_control/faults`, dataApi);
    this.#set = await leftOf(servers);
  }

  async clear(servers: Servers): Promise<void> {
    await this.change(servers, CLEAR);
  }

  /** Adds what was met since the weather changed. */
  async count(servers: Servers): Promise<void> {
    const now = await leftOf(servers);
    for (const [fault, times] of this.#set) this.#tally.met(fault, times - (now.get(fault) ?? 0));
    this.#set = now;
  }
}

/** How often each fault is still to come. */
async function leftOf(servers: Servers): Promise<Left> {
  const faults = new Map<string, number>();
  const { errors } = ec2Left.parse(await get(`${servers.ec2}/_control/faults`));
  for (const { action, code = 'no answer', when = 'before', times } of errors) {
    const name = `EC2 ${action} ${code} ${when} it acted`;
    faults.set(name, (faults.get(name) ?? 0) + times);
  }
  const { failBeforeExecution, loseAnswer } = dataApiLeft.parse(await get(`${servers.dataApi}/_control/faults`));
  faults.set('Data API refused', failBeforeExecution?.times ?? 0);
  faults.set('Data API answer lost', loseAnswer?.times ?? 0);
  return faults;
}

async function get(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}
