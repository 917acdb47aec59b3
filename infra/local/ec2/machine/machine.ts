import type { Instance } from '../fleet/instance.ts';

/** What an instance runs on. Calls for one instance are carried out in the order in which they were made. */
export type Machine = {
  /** Boots; resolves once the process was spawned. On a machine that is on: nothing. */
  powerOn(instance: Instance): Promise<void>;
  /** Asks the process to end, kills it after `graceMs`, resolves when it is gone. The disk stays. */
  powerOff(instance: Instance, graceMs: number): Promise<void>;
  /** powerOff, then the disk is removed. */
  destroy(instance: Instance, graceMs: number): Promise<void>;
  /** Kills the process behind EC2's back and returns its pid; undefined when none runs. */
  crash(instance: Instance): number | undefined;
  /** Ends every process; disks stay. */
  stop(graceMs: number): Promise<void>;
};

/** boot.kind 'none': thousands of instances that are entries in a table and nothing else. */
export const noMachine: Machine = {
  powerOn: async () => {},
  powerOff: async () => {},
  destroy: async () => {},
  crash: () => undefined,
  stop: async () => {},
};
