import { noise, tgz } from './archives.ts';
import { breakOff, type Serve, serveWhole } from './artefact-server.ts';

/** What is in place before. */
export const good = tgz([{ path: 'main.js', content: 'good' }]);
const withEntry = (...entries: Parameters<typeof tgz>[0]): Buffer =>
  tgz([{ path: 'main.js', content: 'bad' }, ...entries]);
const large = tgz([{ path: 'data', content: noise(40_000) }]);
const withHook = (post_install: unknown) =>
  withEntry({ path: 'plugin.json', content: JSON.stringify({ name: 'bad', post_install }) });

type Bad = {
  readonly title: string;
  readonly archive: Buffer;
  readonly query?: string;
  /** How it is served, unless simply as it is. */
  readonly serve?: Serve;
  readonly reason: RegExp;
};

/** Artefacts that must not get in place, each with the reason that the registry is to be told. */
export const bad: readonly Bad[] = [
  {
    title: 'a wrong sha256',
    archive: withEntry(),
    serve: serveWhole(good),
    reason: /^wrong sha256: [0-9a-f]{64} was declared, the download has [0-9a-f]{64}$/,
  },
  {
    title: '404, without the secrets of the link',
    archive: withEntry(),
    serve: (response) => void response.writeHead(404).end(),
    reason: /^the download from 127\.0\.0\.1:\d+\/bad\.tgz was answered 404$/,
  },
  {
    title: 'a link that is refused (403)',
    archive: withEntry(),
    serve: (response) => void response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>'),
    reason: /was answered 403$/,
  },
  {
    title: 'a link that has expired',
    archive: withEntry(),
    query: 'X-Amz-Date=20200101T000000Z&X-Amz-Expires=900&X-Amz-Signature=secret',
    serve: (response) => void response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>'),
    reason: /^the link to 127\.0\.0\.1:\d+\/bad\.tgz has expired \(403\); a new one comes with the next plan$/,
  },
  {
    title: 'a redirect to a place without https',
    archive: withEntry(),
    serve: (response) => void response.writeHead(302, { location: 'http://192.0.2.1/bad.tgz' }).end(),
    reason: /^the link to the artefact is http:\/\/192\.0\.2\.1, neither https nor this machine$/,
  },
  {
    title: 'redirects without end',
    archive: withEntry(),
    serve: (response) => void response.writeHead(302, { location: '/bad.tgz' }).end(),
    reason: /redirected more than 5 times/,
  },
  {
    title: 'a download that breaks off',
    archive: large,
    serve: breakOff(large, large.length / 2),
    reason: /^the download broke off before its end$/,
  },
  {
    title: 'an archive that was cut before it was declared',
    archive: large.subarray(0, 2_000),
    reason: /no gzipped tar/,
  },
  { title: 'something that is no archive', archive: Buffer.from('<html>'), reason: /no gzipped tar archive/ },
  {
    title: 'a path with ..',
    archive: withEntry({ path: '../escaped', content: 'x' }),
    reason: /"\.\.\/escaped" holds "\.\."/,
  },
  {
    title: 'an absolute path',
    archive: withEntry({ path: '/tmp/escaped', content: 'x' }),
    reason: /"\/tmp\/escaped" is absolute/,
  },
  {
    title: 'a symbolic link that leads outside',
    archive: withEntry({ path: 'a/link', type: 'SymbolicLink', linkpath: '../../escaped' }),
    reason: /the link "a\/link" to "\.\.\/\.\.\/escaped" leads outside/,
  },
  {
    title: 'a symbolic link that is absolute',
    archive: withEntry({ path: 'link', type: 'SymbolicLink', linkpath: '/etc/passwd' }),
    reason: /the link "link" to "\/etc\/passwd" leads outside/,
  },
  {
    title: 'two links that lead outside together',
    archive: withEntry(
      { path: 'a/b/root', type: 'SymbolicLink', linkpath: '../..' },
      { path: 'out', type: 'SymbolicLink', linkpath: 'a/b/root/../../x' },
    ),
    reason: /climbs after it has gone down/,
  },
  {
    title: 'a file behind a link',
    archive: withEntry(
      { path: 'd/', type: 'Directory' },
      { path: 'link', type: 'SymbolicLink', linkpath: 'd' },
      { path: 'link/file', content: 'x' },
    ),
    reason: /the link "link" to "d" stands where something else does/,
  },
  {
    title: 'a hard link that leads outside',
    archive: withEntry({ path: 'link', type: 'Link', linkpath: '../../../token.json' }),
    reason: /the link "link" to "\.\.\/\.\.\/\.\.\/token\.json" leads outside/,
  },
  {
    title: 'a file in the folder of the agent',
    archive: withEntry({ path: './.muster/config.json', content: '{}' }),
    reason: /^the artefact is refused: the path "\.\/\.muster\/config\.json" is the agent's own$/,
  },
  {
    title: 'a post_install that fails',
    archive: withHook({ command: ['sh', '-c', 'echo no compiler >&2; exit 3'] }),
    reason: /^post_install ended with 3: no compiler$/,
  },
  {
    title: 'a post_install that does not end',
    archive: withHook({ command: ['sleep', '60'], timeout_seconds: 1 }),
    reason: /^post_install took longer than 1 s$/,
  },
  {
    title: 'a post_install that is none',
    archive: withHook({ command: './setup.sh' }),
    reason: /^plugin\.json cannot be used: post_install\.command /,
  },
  { title: 'a FIFO', archive: withEntry({ path: 'pipe', type: 'FIFO' }), reason: /"pipe" is a FIFO, not a file/ },
];
