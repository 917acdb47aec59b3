import { expect, it } from 'vitest';
import { settle } from './held-clock.ts';
import { beaten, refusal, registered, start, stateOf, waits } from './scripted-agent.ts';

it('registers with the bootstrap token, keeps what it is given, and beats with that', async () => {
  const agent = start();
  expect(await waits(agent, 2)).toEqual([60_000, 60_000]);
  expect(agent.calls).toEqual(['register boot', 'heartbeat r1 60', 'heartbeat r1 120']);
  expect(agent.kept).toEqual(['r1']);
});

it('prefers the token that it kept', async () => {
  const agent = start({ stored: 'kept' });
  await settle();
  expect(agent.calls).toEqual(['register kept']);
});

it('lives on without a disk to keep its token on', async () => {
  const agent = start({ keepToken: () => Promise.reject(new Error('ENOSPC')) });
  await waits(agent, 1);
  expect(agent.calls).toEqual(['register boot', 'heartbeat r1 60']);
  expect(agent.logged).toContainEqual({ event: 'token.not_kept' });
});

it('registers once after a 401, and ever more slowly while it is refused', async () => {
  const agent = start({
    script: { register: (_token, nth) => (nth === 1 ? registered('r1') : refusal(401)), heartbeat: () => refusal(401) },
  });
  // 60 s to the first beat; its 401 and the register that follows at once; then both tokens, slower each time.
  expect(await waits(agent, 5)).toEqual([60_000, 500, 1_000, 2_000, 4_000]);
  expect(agent.calls.slice(0, 5)).toEqual([
    'register boot',
    'heartbeat r1 60',
    'register boot',
    'register r1',
    'register boot',
  ]);
});

it('slows down when every register succeeds and every beat is refused', async () => {
  const agent = start({ script: { heartbeat: () => refusal(401) } });
  const found = await waits(agent, 4);
  expect(found).toEqual([60_000, 60_000, 500, 60_000]);
});

it('registers at once again when beats between two refusals have worked', async () => {
  const agent = start({ script: { heartbeat: (_token, nth) => (nth % 2 === 1 ? refusal(401) : beaten) } });
  expect(await waits(agent, 6)).toEqual([60_000, 60_000, 60_000, 60_000, 60_000, 60_000]);
});

it('waits at most five minutes between two attempts', async () => {
  const agent = start({ script: { register: () => refusal(503) } });
  const found = await waits(agent, 14);
  expect(found.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
  expect(found.slice(-2)).toEqual([150_000, 150_000]);
});

it('starts again from the shortest wait after a success', async () => {
  const agent = start({ script: { heartbeat: (_token, nth) => (nth === 3 ? beaten : refusal(503)) } });
  expect(await waits(agent, 6)).toEqual([60_000, 500, 1_000, 60_000, 500, 1_000]);
});

it('asks for the state every half minute while it is paused, and with what a refusal asks for', async () => {
  const agent = start({
    script: {
      heartbeat: (_token, nth) => refusal(409, nth === 2 ? 5_000 : undefined),
      state: (_token, nth) => stateOf(nth % 2 === 1 ? 'paused' : 'online'),
    },
  });
  expect(await waits(agent, 7)).toEqual([60_000, 30_000, 30_000, 5_000, 5_000, 30_000, 30_000]);
});

it.each([
  [0, 27_000],
  [1, 33_000],
])('spreads its questions for the state: random %i, after %i ms', async (random, after) => {
  const agent = start({ random, script: { register: () => refusal(409), state: () => stateOf('paused') } });
  expect(await waits(agent, 2)).toEqual([after, after]);
});

it('a register that finds the workspace hibernated asks for the state with the token it has', async () => {
  const agent = start({
    script: {
      register: (_token, nth) => (nth === 1 ? refusal(409) : registered('r1')),
      state: (_token, nth) => stateOf(nth === 1 ? 'hibernated' : 'provisioning'),
    },
  });
  await waits(agent, 3);
  expect(agent.calls).toEqual(['register boot', 'state boot', 'state boot', 'register boot', 'heartbeat r1 120']);
});

it.each([
  { title: 'a register', script: { register: () => refusal(410) } },
  { title: 'a heartbeat', script: { heartbeat: () => refusal(410) } },
  { title: 'a state that says removed', script: { heartbeat: () => refusal(409), state: () => stateOf('removed') } },
  { title: 'a state that is answered 410', script: { heartbeat: () => refusal(409), state: () => refusal(410) } },
])('ends for good at $title', async ({ script }) => {
  const agent = start({ script });
  await waits(agent, 2);
  expect(await agent.ended).toBe('removed');
});

it('beats early when there is something to report, but not while it backs off', async () => {
  const agent = start({ script: { heartbeat: (_token, nth) => (nth === 2 ? refusal(503) : beaten) } });
  await waits(agent, 1);
  agent.doorbell.ring();
  await settle();
  expect(agent.calls).toHaveLength(3);
  agent.doorbell.ring();
  await settle();
  expect(agent.calls).toHaveLength(3);
  // The beat after the wait says it, so none follows it early.
  expect(await waits(agent, 1)).toEqual([500]);
  expect(agent.calls).toHaveLength(4);
});

it('beats early for what came up while a beat was on its way', async () => {
  const agent = start({
    script: {
      heartbeat: (_token, nth) => {
        if (nth === 1) agent.doorbell.ring();
        return beaten;
      },
    },
  });
  await waits(agent, 1);
  expect(agent.calls).toEqual(['register boot', 'heartbeat r1 60', 'heartbeat r1 60']);
});

it('ends when it is told to, also in the middle of a wait', async () => {
  const agent = start();
  await settle();
  agent.stop.abort();
  expect(await agent.ended).toBe('stopped');
  expect(agent.calls).toEqual(['register boot']);
});
