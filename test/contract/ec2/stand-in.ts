import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

// What a test boots in place of an agent: it asks the metadata service who it is, as every runtime on EC2 does, notes it
// on its disk, one line a boot, and runs until it is told to end.

const endpoint = process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? '';
const home = process.env['MUSTER_HOME'] ?? '';

const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
const token = await (await fetch(`${endpoint}/latest/api/token`, { method: 'PUT', headers: ttl })).text();

async function read(path: string): Promise<string> {
  const answer = await fetch(`${endpoint}/latest/${path}`, { headers: { 'x-aws-ec2-metadata-token': token } });
  return answer.ok ? answer.text() : `${answer.status}`;
}

if (process.argv.includes('--stubborn')) process.on('SIGTERM', () => {});
if (process.argv.includes('--tidy')) {
  const tidy = () => void appendFile(join(home, 'tidied'), '').then(() => process.exit(0));
  process.on('SIGTERM', () => setTimeout(tidy, 50));
}
if (process.argv.includes('--parent')) {
  await once(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }), 'spawn');
}
if (process.env['MUSTER_EXIT_WITH_PARENT'] === '1') process.stdin.resume().on('end', () => process.exit(0));

const boot = {
  pid: process.pid,
  endpoint,
  instanceId: await read('meta-data/instance-id'),
  userData: await read('user-data'),
  zone: await read('meta-data/placement/availability-zone'),
  tags: await read('meta-data/tags/instance/'),
  environment: Object.keys(process.env).toSorted(),
  extra: process.env['EXTRA'] ?? null,
  workingFolder: process.cwd(),
};
console.log(`booted ${boot.instanceId}`);
await appendFile(join(home, 'boots.jsonl'), `${JSON.stringify(boot)}\n`);
