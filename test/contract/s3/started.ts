import { onTestFinished } from 'vitest';
import { DownloadFaults } from '../../../infra/local/s3/downloads/faults.ts';
import { startS3 } from '../../../infra/local/s3/server.ts';
import { createArtefactLinks } from '../../../lib/adapters/s3/artefact-links.ts';

export const account = {
  region: 'us-east-1',
  accessKeyId: 'AKIDLOCAL',
  secretAccessKey: 'secret',
  sessionToken: 'FwoGZX+/=token',
};

export const content = Buffer.from('0123456789');

/** An S3 with `bucket/a.tgz` in it, and the registry's links to it. */
export async function startedS3() {
  const time = { now: new Date() };
  const faults = new DownloadFaults();
  const s3 = await startS3({ account, faults, now: () => time.now });
  onTestFinished(() => s3.stop());
  s3.put('bucket', 'a.tgz', content);
  const config = { region: account.region, endpoint: s3.url };
  const links = createArtefactLinks(config, { credentials: async () => account, now: () => time.now });
  return { s3, faults, time, linkTo: (key: string, bucket = 'bucket') => links.linkTo(`s3://${bucket}/${key}`) };
}
