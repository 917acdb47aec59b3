import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { mayPass } from '../failures.ts';
import type { RegistryClient } from '../registry/client.ts';
import { readPages } from '../registry/pages.ts';
import { understood } from '../registry/understood.ts';

const lookEveryMs = 1_000;

const identified = z.array(z.looseObject({ id: z.int() }));
type Identified = z.infer<typeof identified>[number];

type Following = {
  readonly registry: RegistryClient;
  readonly path: string;
  /** How many of the events that there are already are shown. */
  readonly limit: number;
  show(event: Identified): void;
  warn(text: string): void;
  readonly over: AbortSignal;
};

/**
 * Shows the last events and then, looking each second, every new one, once each and the newest last, until `over`.
 * A registry that is away is said once and waited for.
 *
 * @throws {Refused} when the answer will not become another by waiting
 * @throws {NoAnswer} when not even the first look was answered
 */
export async function follow({ registry, path, limit, show, warn, over }: Following): Promise<void> {
  const shown = new Set<number>();
  let oldest = 0;
  let isAway = false;
  const read = async () => {
    const isFirst = shown.size === 0;
    const isKnown = ({ id }: Identified) => shown.has(id) || id < oldest;
    const { items } = await readPages(registry, { path, signal: over, ...(isFirst && { atMost: limit }) }, (page) =>
      understood(identified, page).some(isKnown),
    );
    // A writer may commit after one that was given a later id: what is below the newest may still be new.
    const news = understood(identified, items).filter((event) => !isKnown(event));
    for (const event of news.toSorted((a, b) => a.id - b.id)) {
      show(event);
      shown.add(event.id);
      if (isFirst) oldest ||= event.id;
    }
  };

  for (let looks = 0; !over.aborted; looks += 1) {
    try {
      await read();
      isAway = false;
    } catch (error) {
      if (over.aborted) return;
      if (looks === 0 || !mayPass(error)) throw error;
      if (!isAway) warn(`${error.message} Still following.`);
      isAway = true;
    }
    await delay(lookEveryMs, undefined, { signal: over }).catch(() => undefined);
  }
}
