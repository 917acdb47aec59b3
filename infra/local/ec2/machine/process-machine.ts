import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instance } from '../fleet/instance.ts';
import type { MetadataService } from './imds/metadata-service.ts';
import { startMetadataService } from './imds/metadata-service.ts';
import type { InstanceProcess, ProcessBoot } from './instance-process.ts';
import { startInstanceProcess } from './instance-process.ts';
import type { Machine } from './machine.ts';

/** One instance's hardware: `queue` settles when all that was asked of it so far is done. */
type Host = { queue: Promise<void>; process?: InstanceProcess | undefined; metadata?: MetadataService | undefined };

/** Each instance is a process with a metadata service of its own and a disk, `folder`/<instance id>. */
export class ProcessMachine implements Machine {
  readonly #boot: ProcessBoot;
  readonly #folder: string;
  readonly #region: string;
  readonly #hosts = new Map<string, Host>();

  constructor(boot: ProcessBoot, folder: string, region: string) {
    this.#boot = boot;
    this.#folder = folder;
    this.#region = region;
  }

  powerOn(instance: Instance): Promise<void> {
    return this.#inTurn(instance.id, async (host) => {
      if (host.process?.isRunning()) return;
      const disk = this.#disk(instance.id);
      await mkdir(disk, { recursive: true });
      host.metadata ??= await startMetadataService(instance, this.#region);
      host.process = await startInstanceProcess(this.#boot, disk, host.metadata.url);
    });
  }

  powerOff(instance: Instance, graceMs: number): Promise<void> {
    return this.#inTurn(instance.id, (host) => switchOff(host, graceMs));
  }

  async destroy(instance: Instance, graceMs: number): Promise<void> {
    await this.#inTurn(instance.id, async (host) => {
      await switchOff(host, graceMs);
      await rm(this.#disk(instance.id), { recursive: true, force: true, maxRetries: 3 });
    });
    this.#hosts.delete(instance.id);
  }

  crash(instance: Instance): number | undefined {
    const running = this.#hosts.get(instance.id)?.process;
    if (!running?.isRunning()) return undefined;
    running.kill();
    return running.pid;
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all([...this.#hosts.keys()].map((id) => this.#inTurn(id, (host) => switchOff(host, graceMs))));
  }

  #disk(id: string): string {
    return join(this.#folder, id);
  }

  /** Runs `work` after everything that was asked of this host before, whether that went well or not. */
  #inTurn(id: string, work: (host: Host) => Promise<void>): Promise<void> {
    const host = this.#hosts.get(id) ?? { queue: Promise.resolve() };
    this.#hosts.set(id, host);
    const done = host.queue.then(() => work(host));
    host.queue = done.catch(() => {}); // whoever asked holds `done` and hears of it
    return done;
  }
}

async function switchOff(host: Host, graceMs: number): Promise<void> {
  await host.process?.end(graceMs);
  await host.metadata?.stop();
  host.process = undefined;
  host.metadata = undefined;
}
