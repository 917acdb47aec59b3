import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { readEnvironment } from '../../../infra/agent/environment.ts';

it('tells a post_install the PATH, HOME and LANG of the agent, and nothing else', () => {
  const variables = { PATH: '/opt/bin', HOME: '/root', LANG: 'de_DE.UTF-8', AWS_SECRET_ACCESS_KEY: 'secret' };
  expect(readEnvironment(variables).hook).toEqual({ PATH: '/opt/bin', HOME: '/root', LANG: 'de_DE.UTF-8' });
});

it('tells it something to find programs with, and a home, where the agent itself was told nothing', () => {
  expect(readEnvironment({ MUSTER_HOME: '/disk' }).hook).toEqual({
    PATH: expect.stringContaining('/usr/bin:/sbin:/bin'),
    HOME: '/disk',
    LANG: 'C.UTF-8',
  });
});

it('knows its folder by a name that means the same in a plugin’s folder', () => {
  expect(readEnvironment({ MUSTER_HOME: 'disk' }).home).toBe(resolve('disk'));
});
