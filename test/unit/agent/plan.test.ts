import { expect, it } from 'vitest';
import { checkedUrl } from '../../../infra/agent/plugins/download.ts';
import { readPlan } from '../../../infra/agent/plugins/plan.ts';

const sha256 = 'a'.repeat(64);
const digest = 'Bc'.repeat(32);
const install = { action: 'install', name: 'seo-all', version: '1.2.3-rc.1+build', url: 'https://x/y', sha256 };

it('reads installs and removals, and writes the sha256 as the agent computes it', () => {
  const remove = { action: 'remove', name: 'old' };
  expect(readPlan({ plan_id: 'p', actions: [{ ...install, sha256: sha256.toUpperCase(), later: 1 }, remove] })).toEqual(
    {
      planId: 'p',
      actions: [install, remove],
      refused: [],
    },
  );
});

it.each([
  { title: 'a version that would be a path', change: { version: '../1' }, reason: /version/ },
  { title: 'a version that starts with a dot', change: { version: '.staging' }, reason: /version/ },
  { title: 'a sha256 of the wrong length', change: { sha256: 'abc' }, reason: /sha256/ },
  { title: 'no link', change: { url: undefined }, reason: /url/ },
  { title: 'a configuration without a name', change: { config: {} }, reason: /config comes with config_digest/ },
  { title: 'a name without a configuration', change: { config_digest: digest }, reason: /config comes with/ },
  { title: 'a name that is no digest', change: { config: {}, config_digest: '../x' }, reason: /config_digest is no/ },
  { title: 'a configuration that is a list', change: { config: [], config_digest: digest }, reason: /no JSON object/ },
  { title: 'a configuration that is null', change: { config: null, config_digest: digest }, reason: /no JSON object/ },
  { title: 'an action from the future', change: { action: 'upgrade' }, reason: /action/ },
])('reports $title as failed, and carries out the rest', ({ change, reason }) => {
  const plan = readPlan({ plan_id: 'p', actions: [{ ...install, name: 'wrong', ...change }, install] });
  expect(plan?.actions).toEqual([install]);
  expect(plan?.refused).toMatchObject([{ name: 'wrong', reason: expect.stringMatching(reason) }]);
});

it('takes a configuration and its name as they come', () => {
  const configured = {
    ...install,
    config: JSON.parse('{"b":{"1":[]},"a":null,"__proto__":{"x":1}}'),
    config_digest: digest,
  };
  const [action] = readPlan({ plan_id: 'p', actions: [configured] })?.actions ?? [];
  expect(action).toMatchObject({ config_digest: digest });
  expect(JSON.stringify(action)).toContain('"config":{"b":{"1":[]},"a":null,"__proto__":{"x":1}}');
});

it('accepts a version that the registry can be told, and reports an action whose version it cannot without it', () => {
  const withVersion = (version: string) => readPlan({ plan_id: 'p', actions: [{ ...install, version }] });
  expect(withVersion('1'.repeat(100))?.actions).toHaveLength(1);
  for (const version of ['1'.repeat(101), '../../x', '', ' 1']) {
    expect(withVersion(version)).toMatchObject({ actions: [], refused: [{ name: 'seo-all', version: 'unknown' }] });
  }
});

it.each(['../escape', '.staging', 'Upper', '', 'a/b', 'a'.repeat(65)])('ignores the plugin name %j', (name) => {
  expect(readPlan({ plan_id: 'p', actions: [{ ...install, name }] })).toEqual({
    planId: 'p',
    actions: [],
    refused: [],
  });
});

it('takes the last of several actions for one plugin', () => {
  const plan = readPlan({ plan_id: 'p', actions: [{ action: 'remove', name: 'seo-all' }, install] });
  expect(plan?.actions).toEqual([install]);
});

it.each([undefined, null, 'text', {}, { plan_id: 'p' }, { plan_id: 1, actions: [] }])(
  'finds no plan in %j',
  (value) => {
    expect(readPlan(value)).toBeUndefined();
  },
);

it.each(['https://bucket.example/a?b=c', 'http://127.0.0.1:9/a', 'http://localhost/a', 'http://[::1]:1/a'])(
  'downloads from %s',
  (link) => {
    expect(checkedUrl(link).href).toBe(link);
  },
);

it.each([
  ['http://bucket.example/a', 'neither https nor this machine'],
  ['http://127.0.0.1.evil.example/a', 'neither https nor this machine'],
  ['http://localhost.evil.example/a', 'neither https nor this machine'],
  ['file:///etc/passwd', 'neither https nor this machine'],
  ['ftp://127.0.0.1/a', 'neither https nor this machine'],
  ['s3://bucket/key', 'neither https nor this machine'],
  ['seo-all.tgz', 'is no URL'],
])('does not download from %s', (link, reason) => {
  expect(() => checkedUrl(link)).toThrow(reason);
});
