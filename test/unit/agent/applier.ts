import { createApplier } from '../../../infra/agent/plugins/apply.ts';
import { ArtefactError } from '../../../infra/agent/plugins/failure.ts';
import type { Outcome } from '../../../infra/agent/plugins/install.ts';
import type { Configured } from '../../../infra/agent/plugins/layout.ts';
import type { InstallAction, RemoveAction } from '../../../infra/agent/plugins/plan.ts';
import { createHeldClock } from './held-clock.ts';

export const sha256 = 'a'.repeat(64);
export const install = (name: string, version = '1', url = 'https://x/y') => ({
  action: 'install',
  name,
  version,
  url,
  sha256,
});
export const plan = (...actions: unknown[]) => ({ plan_id: 'p', actions });

/** What an installer leaves in place. */
export const configuredBy = ({ version, sha256, config_digest }: InstallAction): Configured => ({
  version,
  sha256,
  config_digest,
});

/** An applier over an installer in memory; random is always 0.5, so the n-th retry waits base · 2ⁿ / 2. */
export function setUp() {
  const held = createHeldClock();
  const inPlace = new Map<string, Configured>();
  /** Set its error, and what is in place cannot be read. */
  const unreadable: { error: Error | undefined } = { error: undefined };
  const logged: string[] = [];
  const attempts: string[] = [];
  const rings: number[] = [];
  const behaviour = {
    install: async (action: InstallAction, _stop: AbortSignal): Promise<Outcome> => {
      if (inPlace.get(action.name)?.version === action.version) return 'already';
      inPlace.set(action.name, configuredBy(action));
      return 'installed';
    },
    remove: async ({ name }: RemoveAction): Promise<Outcome> => (inPlace.delete(name) ? 'removed' : 'already'),
  };
  const applier = createApplier({
    installer: {
      install: (action, stop) => {
        attempts.push(`${action.name} ${action.version} ${action.url}`);
        return behaviour.install(action, stop);
      },
      remove: (action) => behaviour.remove(action),
    },
    readInPlace: async () => {
      if (unreadable.error !== undefined) throw unreadable.error;
      return inPlace;
    },
    onSettled: () => rings.push(held.clock.now()),
    clock: held.clock,
    random: () => 0.5,
    log: (event) => logged.push(event),
  });
  const fail = async (): Promise<Outcome> => {
    throw new ArtefactError('wrong sha256');
  };
  return { applier, inPlace, unreadable, logged, attempts, rings, behaviour, fail, advance: held.advance };
}

export const failed = { name: 'a', version: null, failed: { version: '1', reason: 'wrong sha256' } };
