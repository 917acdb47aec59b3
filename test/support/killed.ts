import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createInquirer } from '../../lib/adapters/ec2/inquire-instances.ts';
import { openLaunching } from '../../lib/adapters/ec2/open-launching.ts';
import { StoreUnavailable } from '../../lib/domain/errors.ts';
import { QUICK, settings, UNLIMITED } from './converge.ts';
import { store as realStore, tokens } from './registry.ts';

/**
 * What goes wrong at a process's call `at` (from 1), before it was made or after its work was done. dies: nothing that it
 * does afterwards reaches anybody. falters: that one answer is an error, and it goes on.
 */
export type Mishap = { readonly at: number; readonly when: 'before' | 'after'; readonly how: 'dies' | 'falters' };

class Killed extends Error {
  override readonly name = 'Killed';
}

/**
 * The real store and the real EC2 client of a process to which one mishap comes.
 * @param mishap undefined: none comes, and its calls are only counted. twice: each statement is sent twice, as the SDK
 *   does after a lost answer
 */
export function mortal(mishap: Mishap | 'twice' | undefined) {
  const calls: string[] = [];
  let dead = false;
  const fail = (name: string, error: Error): never => {
    if (mishap === 'twice' || mishap?.how !== 'dies') throw error;
    dead = true;
    throw new Killed(name);
  };
  const lived = async <Result>(name: string, error: Error, work: () => Promise<Result>): Promise<Result> => {
    if (dead) throw new Killed(name);
    calls.push(name);
    if (mishap === undefined || mishap === 'twice' || mishap.at !== calls.length) return work();
    if (mishap.when === 'before') return fail(name, error);
    await work();
    return fail(name, error);
  };

  const store = new Proxy(realStore, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return (...input: unknown[]) =>
        lived(String(name), new StoreUnavailable('no answer'), async () => {
          if (mishap === 'twice') await Reflect.apply(method, target, input);
          return Reflect.apply(method, target, input);
        });
    },
  });
  const client = createEc2Client();
  client.middlewareStack.add(
    (next, context) => (args) => lived(context.commandName ?? 'EC2', new Error('socket hang up'), () => next(args)),
    {
      step: 'initialize',
    },
  );
  const launching = openLaunching(client, { store, tokens, settings, rate: UNLIMITED });
  const requester = { request: async () => undefined };
  return {
    calls,
    converge: {
      ...launching,
      store,
      ec2: createInquirer(client),
      requester,
      policy: QUICK,
      pause: async () => undefined,
    },
    provision: { ...launching, store, tokens, settings, converge: requester, report: () => undefined },
  };
}
