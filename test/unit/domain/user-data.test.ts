import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMimeParts } from '../../../infra/agent/mime.ts';
import { readBootstrap } from '../../../infra/agent/user-data.ts';
import { bootstrapPart, mergedUserData } from '../../../lib/domain/user-data.ts';

const bootstrap = {
  registry_url: 'https://registry.example.com',
  workspace_id: '01890000-0000-7000-8000-000000000000',
  generation: 3,
  bootstrap_token: 'a.b.c',
};
const read = {
  registryUrl: bootstrap.registry_url,
  workspaceId: bootstrap.workspace_id,
  generation: bootstrap.generation,
  bootstrapToken: bootstrap.bootstrap_token,
};
const ours = bootstrapPart(bootstrap);
const merged = (template: string | Buffer | null, part = ours): string =>
  mergedUserData(part, template === null ? null : Buffer.from(template)).toString('latin1');

const boundaryOf = (document: string): string => /boundary="([^"]+)"/.exec(document)?.[1] ?? '';

/** The parts as they stand between the delimiters, and what they hold decoded; read without the agent's own reader. */
function partsOf(document: string) {
  return document
    .split(`\r\n--${boundaryOf(document)}`)
    .slice(1, -1)
    .map((raw) => {
      const text = raw.slice('\r\n'.length);
      const end = text.indexOf('\r\n\r\n');
      const [headers, body] = [text.slice(0, end), text.slice(end + 4)];
      const isBase64 = headers.includes('Content-Transfer-Encoding: base64');
      const content = isBase64 ? Buffer.from(body, 'base64') : Buffer.from(body, 'latin1');
      return { text, headers, body, isBase64, content, type: /^Content-Type: ([^;\r]+)/.exec(headers)?.[1] };
    });
}

const script = '#!/bin/sh\necho hello\n';
const nested = [
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="INNER"',
  '',
  '--INNER',
  'Content-Type: text/x-shellscript',
  '',
  '#!/bin/sh',
  '--INNER--',
  '',
].join('\n');

describe('user data', () => {
  it.each([
    ['no template’s', null],
    ['an empty template’s', ''],
    ['a script', script],
    ['a multipart', nested],
    ['a multipart with CRLF', nested.replaceAll('\n', '\r\n')],
    ['gzip', gzipSync(script)],
    ['our own boundary', `#cloud-config\n# --${boundaryOf(merged(null))}--\n`],
    ['somebody else’s bootstrap', merged(null, bootstrapPart({ ...bootstrap, generation: 9 }))],
  ])('says to an agent what the registry put into it, beside %s', (_, template) => {
    expect(readBootstrap(merged(template))).toEqual(read);
  });

  it.each([null, ''])('has one part beside a template’s %j, and says what it is before anything else', (template) => {
    const document = merged(template);
    expect(partsOf(document).map(({ type }) => type)).toEqual(['application/vnd.muster.bootstrap+json']);
    expect(document).toMatch(/^Content-Type: multipart\/mixed; boundary="[^"]+"\r\nMIME-Version: 1\.0\r\n\r\n--/);
    expect(document).toMatch(/--\r\n$/);
  });

  it.each([
    ['#!/bin/sh\n', 'text/x-shellscript'],
    ['\n  #!/bin/sh\n', 'text/x-shellscript'],
    ['#!/bin/sh\ncat <<E\nMIME-Version: 1.0\nE\n', 'text/x-shellscript'],
    ['#cloud-config\npackages: []\n', 'text/cloud-config'],
    ['#cloud-config-archive\n- a\n', 'text/cloud-config-archive'],
    ['#cloud-config-jsonp\n[]\n', 'text/cloud-config-jsonp'],
    ['#include\nhttps://example.com/a\n', 'text/x-include-url'],
    ['#include-once\nhttps://example.com/a\n', 'text/x-include-once-url'],
    ['#cloud-boothook\n#!/bin/sh\n', 'text/cloud-boothook'],
    ['#part-handler\nimport os\n', 'text/part-handler'],
    ['## template: jinja\n#cloud-config\n', 'text/jinja2'],
    ['## Template: Jinja\n#!/bin/sh\n', 'text/jinja2'],
    ['key=value\n', 'text/plain'],
    [gzipSync('#!/bin/sh\n'), 'application/gzip'],
  ])('has a template’s that begins with %j as %s', (template, type) => {
    expect(partsOf(merged(template)).map((part) => part.type)).toEqual(['application/vnd.muster.bootstrap+json', type]);
  });

  it('holds every template’s bytes as they are, as text only where they are 7-bit', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 400 }).map((array) => Buffer.from(array)),
      fc.string({ minLength: 1, maxLength: 400 }).map((text) => Buffer.from(text)),
      fc.string({ unit: 'binary', minLength: 1 }).map((text) => Buffer.from(`#!/bin/sh\r\n${text}`)),
    );
    fc.assert(
      fc.property(bytes, (template) => {
        const document = mergedUserData(ours, template).toString('latin1');
        const last = partsOf(document)[1];
        expect(last?.content).toEqual(template);
        expect(last?.isBase64).toBe(template.some((byte) => byte === 0 || byte >= 0x80));
        expect(Buffer.from(document, 'latin1').every((byte) => byte > 0 && byte < 0x80)).toBe(true);
      }),
    );
  });

  it.each(['#!/bin/sh\0', '#!/bin/sh\x80'])('has %j as base64', (template) => {
    expect(partsOf(merged(Buffer.from(template, 'latin1')))[1]?.isBase64).toBe(true);
  });

  it('wraps base64 at 76 characters', () => {
    const [, part] = partsOf(merged(Buffer.alloc(200, 0xff)));
    expect(part?.body.split('\r\n').map(({ length }) => length)).toEqual([76, 76, 76, 40]);
  });

  it('nests a document that is MIME itself as it is', () => {
    const document = merged(nested);
    expect(partsOf(document)[1]?.text).toBe(nested);
    expect(readMimeParts(document).map(({ mediaType }) => mediaType)).toEqual([
      'application/vnd.muster.bootstrap+json',
      'text/x-shellscript',
    ]);
  });

  it('has a boundary that nothing in it holds, and that the same input always gives', () => {
    let template = '#cloud-config\n';
    for (let round = 0; round < 3; round += 1) {
      const document = merged(template);
      expect(document.split(boundaryOf(document))).toHaveLength(1 + 1 + 3);
      expect(merged(template)).toBe(document);
      template += `# --${boundaryOf(document)}\n`;
    }
  });

  it('carries an address that is not ASCII', () => {
    const registry_url = 'https://régistre.example';
    expect(readBootstrap(merged(script, bootstrapPart({ ...bootstrap, registry_url }))).registryUrl).toBe(registry_url);
  });
});
