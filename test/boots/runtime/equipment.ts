import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../infra/agent/clock.ts';
import { createDoorbell } from '../../../infra/agent/doorbell.ts';
import { readEnvironment } from '../../../infra/agent/environment.ts';
import { createLog } from '../../../infra/agent/log.ts';
import { createApplier } from '../../../infra/agent/plugins/apply.ts';
import { createInstaller } from '../../../infra/agent/plugins/install.ts';
import { createLayout, readAllInPlace } from '../../../infra/agent/plugins/layout.ts';

/** The agent's own parts, in a folder of their own, for a runtime that runs in this process. */
export async function equip(home: string) {
  await mkdir(home, { recursive: true });
  const layout = createLayout(home);
  const { hook } = readEnvironment({ ...process.env, MUSTER_HOME: home });
  const installer = createInstaller(layout, fetch, hook);
  await installer.recover();
  const file = createWriteStream(join(home, 'console.log'), { flags: 'a' });
  const log = createLog(
    (line) => file.write(line),
    () => new Date(),
  );
  const clock = systemClock;
  const doorbell = createDoorbell(clock);
  const applier = createApplier({
    installer,
    readInPlace: () => readAllInPlace(layout),
    onSettled: doorbell.ring,
    clock,
    random: Math.random,
    log,
  });
  return { clock, doorbell, applier, log };
}
