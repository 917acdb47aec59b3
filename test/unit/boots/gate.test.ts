import { expect, it, vi } from 'vitest';
import { Gate } from '../../boots/run/gate.ts';

it('lets nobody through before the last has come, and opens once', async () => {
  const open = vi.fn(async () => undefined);
  const gate = new Gate(2, open);
  const through: string[] = [];
  const first = gate
    .pass()
    .arrive()
    .then(() => through.push('first'));
  await Promise.resolve();
  expect([open.mock.calls.length, through]).toEqual([0, []]);
  await Promise.all([first, gate.pass().arrive()]);
  expect([open.mock.calls.length, through]).toEqual([1, ['first']]);
});

it('does not wait for one that has gone away, nor count one twice', async () => {
  const open = vi.fn(async () => undefined);
  const gate = new Gate(3, open);
  const twice = gate.pass();
  const first = twice.arrive();
  twice.leave();
  gate.pass().leave();
  await Promise.resolve();
  expect(open).not.toHaveBeenCalled();
  await Promise.all([first, gate.pass().arrive()]);
  expect(open).toHaveBeenCalledOnce();
});

it('tells those who wait that it could not be opened', async () => {
  const gate = new Gate(1, () => Promise.reject(new Error('jammed')));
  await expect(gate.pass().arrive()).rejects.toThrow('jammed');
});
