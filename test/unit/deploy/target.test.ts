import { describe, expect, it } from 'vitest';
import { findTarget, requireArchiveBucket } from '../../../infra/deploy/target.ts';

const OUTPUTS = { DatabaseClusterArn: 'c', OwnerSecretArn: 'o', ApplicationSecretArn: 'a', TokenSecretArn: 't' };
const stacks = {
  outputs: async (stack: string) => (stack === 'muster-data-prod' ? new Map(Object.entries(OUTPUTS)) : undefined),
  template: async () => undefined,
};
const place = (stage: string, params: Readonly<Record<string, string>> = {}) => ({
  stage,
  region: 'r',
  params: new Map(Object.entries(params)),
});
const found = { clusterArn: 'c', ownerSecretArn: 'o', applicationSecretArn: 'a', tokenSecretArn: 't', name: 'muster' };

describe('the database of a stage', () => {
  it('is that of its data stack', async () => {
    expect(await findTarget(place('prod'), stacks)).toEqual(found);
  });

  it('is not there before the data stack is', async () => {
    expect(await findTarget(place('dev'), stacks)).toBeUndefined();
  });

  it('is one that the parameters name, without a data stack', async () => {
    const params = {
      'database-cluster-arn': 'c2',
      'owner-secret-arn': 'o2',
      'application-secret-arn': 'a2',
      'token-secret-arn': 't2',
      'database-name': 'fleet',
    };
    const target = await findTarget(place('dev', params), stacks);
    expect(target).toEqual({
      clusterArn: 'c2',
      ownerSecretArn: 'o2',
      applicationSecretArn: 'a2',
      tokenSecretArn: 't2',
      name: 'fleet',
    });
  });

  it('named without its secrets is refused, and they are named', async () => {
    const given = place('dev', { 'database-cluster-arn': 'c2', 'token-secret-arn': 't2' });
    await expect(findTarget(given, stacks)).rejects.toThrow(
      '--param database-cluster-arn needs also --param owner-secret-arn, --param application-secret-arn',
    );
  });

  it('named without a bucket for its history is refused', async () => {
    const given = place('dev', { 'database-cluster-arn': 'c2' });
    await expect(requireArchiveBucket(given, stacks)).rejects.toThrow('needs also --param archive-bucket');
    await expect(requireArchiveBucket(place('dev'), stacks)).resolves.toBeUndefined();
    const both = place('dev', { 'database-cluster-arn': 'c', 'archive-bucket': 'b' });
    await expect(requireArchiveBucket(both, stacks)).resolves.toBeUndefined();
  });

  it('restored beside its data stack keeps that one’s bucket', async () => {
    const kept = { outputs: async () => new Map([['ArchiveBucketName', 'b']]) };
    const restored = place('prod', { 'database-cluster-arn': 'restored' });
    await expect(requireArchiveBucket(restored, kept)).resolves.toBeUndefined();
  });

  it('of a data stack that does not say where it is, is an error', async () => {
    const silent = { ...stacks, outputs: async () => new Map<string, string>() };
    await expect(findTarget(place('prod'), silent)).rejects.toThrow('no output DatabaseClusterArn');
  });
});
