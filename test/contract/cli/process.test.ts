import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventOf, id } from './muster.ts';
import { ok, page, problem, startScripted } from './scripted-registry.ts';

const program = fileURLToPath(new URL('../../../infra/cli/main.ts', import.meta.url));

/** The command as a program of its own. */
function ended(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe('npm run muster, as a program', () => {
  it('prints to the right stream and ends with the right code', async () => {
    const registry = await startScripted(({ method }) =>
      method === 'GET' ? ok({ id, name: 'shop' }) : problem(409, 'transition_refused'),
    );
    expect(
      await Promise.all([
        ended('show', id, '--json', '--url', registry.url),
        ended('pause', id, '--url', registry.url),
        ended('show', 'shop', '--url', registry.url),
      ]),
    ).toEqual([
      { code: 0, stdout: `${JSON.stringify({ id, name: 'shop' }, null, 2)}\n`, stderr: '' },
      { code: 1, stdout: '', stderr: 'Refused (409 transition_refused): transition_refused. (request r1)\n' },
      {
        code: 2,
        stdout: '',
        stderr: 'shop is not the id of a workspace (a whole UUID)\nSee npm run muster -- --help\n',
      },
    ]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('follows events until %s, and ends with 0', async (signal) => {
    const registry = await startScripted(() => page([eventOf(1)]));
    const child = spawn(process.execPath, [program, 'events', id, '--follow', '--url', registry.url]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    expect(line).toContain('register: provisioning → online');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends with 0 when nobody reads what it follows any more', async () => {
    const registry = await startScripted((_, nth) => page(Array.from({ length: nth }, (__, i) => eventOf(nth - i))));
    const child = spawn(process.execPath, [program, 'events', id, '--follow', '--url', registry.url]);
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
