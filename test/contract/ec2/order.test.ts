import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Lifecycle, userInitiated } from '../../../infra/local/ec2/fleet/lifecycle.ts';
import { noMachine } from '../../../infra/local/ec2/machine/machine.ts';
import { ProcessMachine } from '../../../infra/local/ec2/machine/process-machine.ts';
import { processesIn, standIn } from './booted.ts';
import { addTo, newFleet } from './fleet.ts';
import { eventually, quick } from './start.ts';

/** A lifecycle whose machine is off only when the test says so. */
function withSlowMachine() {
  const fleet = newFleet();
  const off = Promise.withResolvers<void>();
  const powerOn = vi.fn(noMachine.powerOn);
  const machine = { ...noMachine, powerOn, powerOff: () => off.promise, destroy: () => off.promise };
  const report = vi.fn();
  const lifecycle = new Lifecycle({ fleet, machine, timings: quick, publish: () => {}, report });
  onTestFinished(() => lifecycle.close());
  const pause = () => new Promise((resolve) => setTimeout(resolve, quick.stoppingMs + 20));
  return { instance: addTo(fleet), lifecycle, powerOn, off, report, pause };
}

describe('What takes longer than its time', () => {
  it.each([
    ['stop', 'stopping', 'stopped'],
    ['terminate', 'shutting-down', 'terminated'],
  ] as const)('holds a %s up in %s', async (verb, during, after) => {
    const { instance, lifecycle, off, pause } = withSlowMachine();
    lifecycle[verb](instance, userInitiated);
    await pause();
    expect(instance.state).toBe(during);
    off.resolve();
    await eventually(() => expect(instance.state).toBe(after));
  });

  it('boots nothing when the server has closed meanwhile', async () => {
    const { instance, lifecycle, powerOn, off, pause } = withSlowMachine();
    lifecycle.reboot(instance);
    await pause();
    lifecycle.close();
    off.resolve();
    await pause();
    expect(powerOn).not.toHaveBeenCalled();
  });

  it('leaves the instance where it is and is reported when it fails', async () => {
    const { instance, lifecycle, off, report, pause } = withSlowMachine();
    lifecycle.stop(instance, userInitiated);
    off.reject(new Error('the disk is stuck'));
    await pause();
    expect(instance.state).toBe('stopping');
    expect(report).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'the disk is stuck' }));
  });
});

describe('A terminate in the middle of something', () => {
  it.each(['pending', 'stopping', 'rebooting'])(
    'ends an instance that is %s, and nothing else happens to it',
    async (during) => {
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const fleet = newFleet();
      const states: string[] = [];
      const powerOn = vi.fn(noMachine.powerOn);
      const publish = ({ state }: { state: string }) => void states.push(state);
      const machine = { ...noMachine, powerOn };
      const lifecycle = new Lifecycle({ fleet, machine, timings: quick, publish, report: () => {} });
      const instance = addTo(fleet, during === 'pending' ? 'pending' : 'running');
      if (during === 'pending') lifecycle.launch(instance);
      if (during === 'stopping') lifecycle.stop(instance, userInitiated);
      if (during === 'rebooting') lifecycle.reboot(instance);
      await vi.advanceTimersByTimeAsync(quick.pendingMs / 2);
      lifecycle.terminate(instance, userInitiated);
      await vi.advanceTimersByTimeAsync(1_000);
      const before = during === 'rebooting' ? [] : [during];
      expect(states).toEqual([...before, 'shutting-down', 'terminated']);
      expect(powerOn).not.toHaveBeenCalled();
    },
  );
});

describe('A terminated instance', () => {
  it('is there for as long as it is to be visible, and not a moment longer', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const fleet = newFleet();
    const lifecycle = new Lifecycle({ fleet, machine: noMachine, timings: quick, publish: () => {}, report: () => {} });
    const instance = addTo(fleet);
    lifecycle.terminate(instance, userInitiated);
    await vi.advanceTimersByTimeAsync(quick.shuttingDownMs + quick.terminatedVisibleMs - 1);
    expect(fleet.get(instance.id)?.state).toBe('terminated');
    await vi.advanceTimersByTimeAsync(1);
    expect(fleet.get(instance.id)).toBeUndefined();
  });
});

describe('What is asked of one machine at once', () => {
  async function newMachine() {
    const folder = await mkdtemp(join(tmpdir(), 'muster-ec2-'));
    const machine = new ProcessMachine({ command: process.execPath, args: [standIn] }, folder, 'us-east-1');
    onTestFinished(async () => {
      await machine.stop(50);
      await rm(folder, { recursive: true, force: true });
    });
    return { machine, folder, instance: addTo(newFleet()) };
  }

  it('is done in that order, so an end leaves nothing of a boot before it', async () => {
    const { machine, folder, instance } = await newMachine();
    await Promise.all([machine.powerOn(instance), machine.destroy(instance, 50)]);
    expect(existsSync(join(folder, instance.id))).toBe(false);
    expect(await processesIn(folder)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('is one process, however often it is switched on', async () => {
    const { machine, folder, instance } = await newMachine();
    await Promise.all([machine.powerOn(instance), machine.powerOn(instance)]);
    expect(await processesIn(folder)).toEqual([join(folder, instance.id)]);
  });
});
