import { expect, it } from 'vitest';
import { BOOTSTRAP_MEDIA_TYPE, readBootstrap, UnusableUserDataError } from '../../../infra/agent/user-data.ts';

const bootstrap = {
  registry_url: 'https://registry.example/v1/',
  workspace_id: '0190a6e2-7d3a-7cc2-9f4e-1d2b3c4d5e6f',
  generation: 3,
  bootstrap_token: 'secret-token',
};
const parsed = {
  registryUrl: 'https://registry.example/v1',
  workspaceId: bootstrap.workspace_id,
  generation: 3,
  bootstrapToken: 'secret-token',
};
const json = JSON.stringify(bootstrap);

const part = (body: string, headers = `Content-Type: ${BOOTSTRAP_MEDIA_TYPE}; charset="us-ascii"`): string =>
  `--B\n${headers}\n\n${body}\n`;
const document = (...parts: string[]): string =>
  `Content-Type: multipart/mixed; boundary="B"\nMIME-Version: 1.0\n\n${parts.join('')}--B--\n`;
const cloudInit = part('#cloud-config\n--not a boundary\n', 'Content-Type: text/cloud-config');

it.each([
  { title: 'the only part', text: document(part(json)) },
  { title: 'a part behind cloud-init’s', text: document(cloudInit, part(json)) },
  { title: 'a part before cloud-init’s', text: document(part(json), cloudInit) },
  { title: 'CRLF line ends', text: document(cloudInit, part(json)).replaceAll('\n', '\r\n') },
  { title: 'JSON over several lines', text: document(part(JSON.stringify(bootstrap, null, 2))) },
  { title: 'a boundary without quotes', text: document(part(json)).replace('"B"', 'B') },
  { title: 'a folded header', text: document(part(json)).replace('multipart/mixed; ', 'multipart/mixed;\n\t') },
  { title: 'headers in another case', text: document(part(json)).replaceAll('Content-Type', 'content-type') },
  { title: 'a preamble and an epilogue', text: `${document(part(json)).replace('--B\n', 'preamble\n--B\n')}epilogue` },
  { title: 'no closing delimiter', text: document(part(json)).replace('--B--\n', '') },
  {
    title: 'base64',
    text: document(
      part(
        Buffer.from(json).toString('base64'),
        `Content-Type: ${BOOTSTRAP_MEDIA_TYPE}\nContent-Transfer-Encoding: base64`,
      ),
    ),
  },
  {
    title: 'a multipart in a multipart',
    text: document(
      cloudInit,
      part(
        `--C\nContent-Type: ${BOOTSTRAP_MEDIA_TYPE}\n\n${json}\n--C--\n`,
        'Content-Type: multipart/mixed; boundary="C"',
      ),
    ),
  },
  {
    title: 'keys that a newer registry adds',
    text: document(part(JSON.stringify({ ...bootstrap, region: 'eu-central-1' }))),
  },
])('finds its part in user data with $title', ({ text }) => {
  expect(readBootstrap(text)).toEqual(parsed);
});

it.each([
  { title: 'there is no user data', text: null, reason: 'has no part of type' },
  { title: 'it is a shell script', text: '#!/bin/sh\necho hello\n', reason: 'has no part of type' },
  { title: 'it has no part for the agent', text: document(cloudInit), reason: 'has no part of type' },
  {
    title: 'the boundary is missing',
    text: document(part(json)).replace('; boundary="B"', ''),
    reason: 'has no part of type',
  },
  { title: 'the part is cut off', text: document(part(json.slice(0, -5))), reason: 'is no JSON' },
  {
    title: 'a field is missing',
    text: document(part(JSON.stringify({ ...bootstrap, generation: undefined }))),
    reason: 'generation',
  },
  {
    title: 'the registry is no URL',
    text: document(part(JSON.stringify({ ...bootstrap, registry_url: 'registry' }))),
    reason: 'registry_url',
  },
  {
    title: 'the registry is a file',
    text: document(part(JSON.stringify({ ...bootstrap, registry_url: 'file:///etc/passwd' }))),
    reason: 'registry_url',
  },
])('says why when $title, without the token', ({ text, reason }) => {
  expect(() => readBootstrap(text)).toThrow(UnusableUserDataError);
  expect(() => readBootstrap(text)).toThrow(reason);
  expect(() => readBootstrap(text)).not.toThrow(/secret-token/);
});
