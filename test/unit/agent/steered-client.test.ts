import { expect, it } from 'vitest';
import type { Answer, RegistryClient } from '../../../infra/agent/registry-client.ts';
import { steerBeats } from '../../../infra/agent/steered-client.ts';
import { createHeldClock } from './held-clock.ts';
import { beaten, refusal, registered, stateOf } from './scripted-agent.ts';

const URL_OF_BEATS = 'https://beats.example/';
const never = new AbortController().signal;
const registering = { id: 'w', boot_id: 'b', agent_version: '1' };
const beat = { workspace_id: 'w', error_rate: 0, active_tasks: 0, uptime_seconds: 1 };
const unreachable = { kind: 'unreachable', reason: 'getaddrinfo ENOTFOUND' } as const;
const ofTheRegistry = (status: number) => ({ ...refusal(status), code: 'a_code' });

type Beaten = Awaited<ReturnType<RegistryClient['heartbeat']>>;

/** Over a client that notes where each beat went; `told` is what its registers tell, in turn, the last one for ever. */
function start({ told = [], kept }: { told?: (string | undefined)[]; kept?: string } = {}) {
  const { clock, advance } = createHeldClock();
  const beats: string[] = [];
  const logged: string[] = [];
  const answers: { apart: Beaten; home: Beaten } = { apart: beaten, home: beaten };
  let registers = 0;
  const client: RegistryClient = {
    async register() {
      const heartbeat_url = told[Math.min(registers, told.length - 1)];
      registers += 1;
      return { kind: 'ok', body: { ...registered('r').body, heartbeat_url } };
    },
    async heartbeat(_token, _body, _stop, url) {
      beats.push(url ?? 'home');
      return url === undefined ? answers.home : answers.apart;
    },
    state: async (): Promise<Answer<ReturnType<typeof stateOf>['body']>> => stateOf('online'),
  };
  const steered = steerBeats({ client, keptUrl: kept, clock, random: () => 0.5, log: (event) => logged.push(event) });
  return {
    advance,
    beats,
    logged,
    answers,
    register: () => steered.register('t', registering, never),
    beat: (stop = never) => steered.heartbeat('t', beat, stop),
  };
}

it('beats at the registry itself until a register tells of another place, and there from then on', async () => {
  const agent = start({ told: [URL_OF_BEATS] });
  await agent.beat();
  expect(await agent.register()).toMatchObject({ body: { heartbeat_url: URL_OF_BEATS } });
  await agent.beat();
  expect(agent.beats).toEqual(['home', URL_OF_BEATS]);
});

it('beats where it was told to in an earlier run', async () => {
  const agent = start({ kept: URL_OF_BEATS });
  await agent.beat();
  expect(agent.beats).toEqual([URL_OF_BEATS]);
});

it('beats at the registry again once a register tells of no other place', async () => {
  const agent = start({ told: [URL_OF_BEATS, undefined] });
  await agent.register();
  await agent.register();
  await agent.beat();
  expect(agent.beats).toEqual(['home']);
});

it.each(['http://beats.example/', 'https://user@beats.example/', 'nowhere'])(
  'takes no token to %s, and keeps it nowhere',
  async (unusable) => {
    const agent = start({ told: [unusable], kept: URL_OF_BEATS });
    expect((await agent.register()).kind === 'ok').toBe(true);
    expect(await agent.register()).toMatchObject({ body: { heartbeat_url: undefined } });
    await agent.beat();
    expect(agent.beats).toEqual(['home']);
    expect(agent.logged).toContain('heartbeat_url.unusable');
  },
);

it.each([
  ['no connection', unreachable],
  ['403 of a URL that was taken away', refusal(403)],
  ['404 of a URL that is nobody’s', refusal(404)],
  ['404 of another function of the registry', ofTheRegistry(404)],
  ['502 without a word of the registry', refusal(502)],
  ['410 without a word of the registry', refusal(410)],
  ['401 without a word of the registry', refusal(401)],
  ['a redirect', refusal(307)],
])('loses no beat to %s: the registry is asked at once', async (_, failure) => {
  const agent = start({ kept: URL_OF_BEATS });
  agent.answers.apart = failure;
  expect(await agent.beat()).toEqual(beaten);
  expect(agent.beats).toEqual([URL_OF_BEATS, 'home']);
  expect(agent.logged).toEqual(['heartbeat_url.failed']);
});

it.each([
  ['401', ofTheRegistry(401)],
  ['409', ofTheRegistry(409)],
  ['410', ofTheRegistry(410)],
  ['503', ofTheRegistry(503)],
  ['429 of too many calls', refusal(429)],
])('takes %s for the registry’s own word', async (_, answer) => {
  const agent = start({ kept: URL_OF_BEATS });
  agent.answers.apart = answer;
  expect(await agent.beat()).toEqual(answer);
  expect(agent.beats).toEqual([URL_OF_BEATS]);
});

it('leaves a place that failed alone, ever longer, and comes back to it', async () => {
  const agent = start({ kept: URL_OF_BEATS });
  agent.answers.apart = unreachable;
  await agent.beat();
  // 60 s, and with this random half of 60 s on top.
  agent.advance(89_999);
  await agent.beat();
  agent.advance(1);
  await agent.beat();
  agent.advance(119_999);
  await agent.beat();
  agent.answers.apart = beaten;
  agent.advance(1);
  await agent.beat();
  await agent.beat();
  expect(agent.beats).toEqual([URL_OF_BEATS, 'home', 'home', URL_OF_BEATS, 'home', 'home', URL_OF_BEATS, URL_OF_BEATS]);
});

it('after a success it leaves a place alone for the shortest time again', async () => {
  const agent = start({ kept: URL_OF_BEATS });
  agent.answers.apart = unreachable;
  await agent.beat();
  agent.advance(90_000);
  agent.answers.apart = beaten;
  await agent.beat();
  agent.answers.apart = unreachable;
  await agent.beat();
  agent.advance(90_000);
  await agent.beat();
  expect(agent.beats.at(-2)).toBe(URL_OF_BEATS);
});

it('a register that tells of another place forgives at once, one that tells of the same does not', async () => {
  const agent = start({ told: [URL_OF_BEATS, 'https://new.example/'], kept: URL_OF_BEATS });
  agent.answers.apart = unreachable;
  await agent.beat();
  await agent.register();
  await agent.beat();
  await agent.register();
  await agent.beat();
  expect(agent.beats).toEqual([URL_OF_BEATS, 'home', 'home', 'https://new.example/', 'home']);
});

it('asks nobody else once it was told to stop', async () => {
  const agent = start({ kept: URL_OF_BEATS });
  agent.answers.apart = unreachable;
  const stop = new AbortController();
  stop.abort();
  expect(await agent.beat(stop.signal)).toEqual(unreachable);
  expect(agent.beats).toEqual([URL_OF_BEATS]);
});
