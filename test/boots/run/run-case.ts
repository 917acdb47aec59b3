import { setTimeout as delay } from 'node:timers/promises';
import type { WorkspaceEvent } from '../../../infra/local/fleet/registry-client.ts';
import type { WeatherName } from '../options.ts';
import { type Told, told } from '../registry/history.ts';
import type { Operator } from '../registry/operator.ts';
import { WAYS, type WayName } from '../ways/ways.ts';
import type { Booted, Boots } from './boots.ts';
import { lacks } from './lacks.ts';
import { sourceOf } from './source-of.ts';

/** One workspace that boots in one way. */
export type Case = { readonly way: WayName; readonly weather: WeatherName; readonly number: number };

/** What became of it. `missing`: why its plugin is not taken for installed. */
export type Outcome = Case & {
  readonly seconds: number | undefined;
  readonly events: readonly WorkspaceEvent[];
  readonly missing: string | undefined;
};

const LOOK_EVERY_MS = 250;

/** Boots one workspace and waits until its plugin is there, by its history, by the registry and on its disk. */
export async function runCase(boots: Boots, one: Case, turn: () => Promise<void>): Promise<Outcome> {
  const name = `${one.way}-${one.weather}-${one.number}`;
  let booted: Booted | undefined;
  try {
    booted = await WAYS[one.way](boots, { name, source: sourceOf(one), turn });
    const { seconds, events } = await installed(boots, booted);
    return { ...one, seconds, events, missing: undefined };
  } catch (error) {
    const events = booted === undefined ? [] : await historyOf(boots.operator, booted);
    return { ...one, seconds: undefined, events, missing: error instanceof Error ? error.message : String(error) };
  }
}

async function historyOf(operator: Operator, { workspaceId, after }: Booted): Promise<WorkspaceEvent[]> {
  const events = await operator.events(workspaceId).catch(() => []);
  return events.filter(({ id }) => id > after);
}

async function installed({ operator, patience }: Boots, booted: Booted): Promise<Told> {
  for (;;) {
    const history = told(await operator.events(booted.workspaceId), booted);
    const lacking =
      history === undefined ? 'its history tells of no boot that led to it' : await lacks(operator, booted);
    if (history !== undefined && lacking === undefined) {
      // What the reconcile has told since.
      return told(await operator.events(booted.workspaceId), booted) ?? history;
    }
    if (patience.aborted) throw new Error(`${booted.plugin.name} ${booted.plugin.version} is missing: ${lacking}`);
    await delay(LOOK_EVERY_MS, undefined, { signal: patience }).catch(() => undefined);
  }
}
