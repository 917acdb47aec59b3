import type { Machine } from '../machine/machine.ts';
import type { Fleet } from './fleet.ts';
import type { Condition, Instance, StateReason } from './instance.ts';
import { keepPast } from './past.ts';
import { hide } from './sight.ts';

/** How long things take, in milliseconds. */
export type Timings = {
  readonly pendingMs: number;
  /** also the grace between SIGTERM and SIGKILL of a stop */
  readonly stoppingMs: number;
  /** also the grace between SIGTERM and SIGKILL of a terminate */
  readonly shuttingDownMs: number;
  readonly rebootMs: number;
  /** how long a terminated instance is still described; EC2: usually under an hour */
  readonly terminatedVisibleMs: number;
  /** how long after its launch nobody is shown an instance */
  readonly visibleAfterMs: number;
};

/** What a person or a program asked for by an API call. */
export const userInitiated: StateReason = {
  code: 'Client.UserInitiatedShutdown',
  message: 'Client.UserInitiatedShutdown: User initiated shutdown',
};

/**
 * Moves instances through their states. What takes time is planned with the instance's epoch and dropped when another
 * state change came first, so a terminate in the middle of a stop or a boot wins.
 */
export class Lifecycle {
  readonly #fleet: Fleet;
  readonly #machine: Machine;
  readonly #timings: Timings;
  readonly #publish: (instance: Instance) => void;
  readonly #report: (error: unknown) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(options: {
    fleet: Fleet;
    machine: Machine;
    timings: Timings;
    /** called at every state change, with the new state in place */
    publish: (instance: Instance) => void;
    /** told of what the machine could not do; the instance keeps its state then */
    report: (error: unknown) => void;
  }) {
    this.#fleet = options.fleet;
    this.#machine = options.machine;
    this.#timings = options.timings;
    this.#publish = options.publish;
    this.#report = options.report;
  }

  /** A new instance, pending, on its way to running. */
  launch(instance: Instance): void {
    hide(instance, this.#timings.visibleAfterMs);
    this.#publish(instance);
    this.#boot(instance);
  }

  /** A stopped instance, again on its way to running: well, as EC2 mostly starts it on another host. */
  start(instance: Instance): void {
    instance.health = { system: 'ok', instance: 'ok' };
    const stateReason = { code: 'pending', message: 'pending' };
    this.#move(instance, { state: 'pending', stateReason, stateTransitionReason: '', launchTime: new Date() });
    this.#boot(instance);
  }

  stop(instance: Instance, reason: StateReason): void {
    const ended = { stateReason: reason, stateTransitionReason: transitionReason(reason) };
    this.#move(instance, { state: 'stopping', ...ended });
    const off = this.#machine.powerOff(instance, this.#timings.stoppingMs);
    this.#after(instance, this.#timings.stoppingMs, () => this.#move(instance, { state: 'stopped', ...ended }), off);
  }

  terminate(instance: Instance, reason: StateReason): void {
    const ended = { stateReason: reason, stateTransitionReason: transitionReason(reason) };
    this.#move(instance, { state: 'shutting-down', ...ended });
    const destroyed = this.#machine.destroy(instance, this.#timings.shuttingDownMs);
    const end = () => {
      this.#move(instance, { state: 'terminated', ...ended });
      this.#after(instance, this.#timings.terminatedVisibleMs, () => this.#fleet.forget(instance));
    };
    this.#after(instance, this.#timings.shuttingDownMs, end, destroyed);
  }

  /** Same state, same disk, new process. */
  reboot(instance: Instance): void {
    const off = this.#machine.powerOff(instance, this.#timings.rebootMs);
    this.#after(instance, this.#timings.rebootMs, () => this.#do(this.#machine.powerOn(instance)), off);
  }

  /** Drops everything that is planned; no state changes from now on, and nothing boots. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #boot(instance: Instance): void {
    this.#after(instance, this.#timings.pendingMs, () => {
      this.#move(instance, { state: 'running', stateReason: undefined });
      this.#do(this.#machine.powerOn(instance));
    });
  }

  #move(instance: Instance, change: Pick<Condition, 'state' | 'stateReason'> & Partial<Condition>): void {
    keepPast(instance);
    Object.assign(instance, change);
    instance.epoch++;
    this.#publish(instance);
  }

  /** Runs `then` when both the time and `work` are over, unless the instance changed state meanwhile. */
  #after(instance: Instance, ms: number, then: () => void, work: Promise<void> = Promise.resolve()): void {
    const { epoch } = instance;
    const due = new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, ms);
      this.#timers.add(timer);
    });
    this.#do(Promise.all([due, work]).then(() => (this.#closed || instance.epoch !== epoch ? undefined : then())));
  }

  #do(work: Promise<void>): void {
    work.catch(this.#report);
  }
}

/** EC2 writes "User initiated (2026-01-02 03:04:05 GMT)" for API calls and the reason's own words otherwise. */
function transitionReason(reason: StateReason): string {
  const time = new Date().toISOString().replace('T', ' ').slice(0, 19);
  return `${reason.code === userInitiated.code ? 'User initiated' : reason.message} (${time} GMT)`;
}
