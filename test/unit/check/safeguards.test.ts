import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import { safeguardFindings } from '../../../infra/check/safeguards/safeguards.ts';
import { parseTemplate } from '../../../infra/check/template/template.ts';

const shut = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };
const trusted = (Principal: unknown) => ({
  AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] },
});
const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Snapshot' };

const linesOf = (resource: object) =>
  safeguardFindings(parseTemplate({ Resources: { It: resource } })).map((finding) => lineOf(finding));

const cluster = (properties: object, policies: object = kept) => ({
  Type: 'AWS::RDS::DBCluster',
  ...policies,
  Properties: { StorageEncrypted: true, EnableHttpEndpoint: true, ...properties },
});
const bucket = (changed: object) => ({
  Type: 'AWS::S3::Bucket',
  Properties: { PublicAccessBlockConfiguration: { ...shut, ...changed } },
});
const aFunction = (properties: object) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Architectures: ['arm64'], Runtime: 'nodejs24.x', ...properties },
});
const role = (properties: object) => ({ Type: 'AWS::IAM::Role', Properties: properties });

describe('the check of safeguards', () => {
  it.each([
    ['a cluster', cluster({})],
    ['a bucket', bucket({})],
    ['a function', aFunction({})],
    ['a role of Lambda’s', role(trusted({ Service: 'lambda.amazonaws.com' }))],
    ['another resource', { Type: 'AWS::SQS::Queue', Properties: {} }],
  ])('finds nothing wrong with %s as it should be', (_, resource) => {
    expect(linesOf(resource)).toEqual([]);
  });

  it.each([
    ['a database in the clear', cluster({ StorageEncrypted: false }), 'It.Properties.StorageEncrypted: is false'],
    ['no Data API', cluster({ EnableHttpEndpoint: false }), 'It.Properties.EnableHttpEndpoint: is false, not true'],
    ['a cluster that goes with its stack', cluster({}, { ...kept, DeletionPolicy: 'Delete' }), 'It.DeletionPolicy: is'],
    ['a replacement', cluster({}, { DeletionPolicy: 'Retain' }), 'It.UpdateReplacePolicy: is missing, not "Snapshot"'],
    ['a public bucket', bucket({ BlockPublicPolicy: false }), 'PublicAccessBlockConfiguration.BlockPublicPolicy: is'],
    ['a bucket that says nothing', { Type: 'AWS::S3::Bucket' }, 'RestrictPublicBuckets: is missing'],
    ['another processor', aFunction({ Architectures: ['x86_64'] }), 'It.Properties.Architectures: is ["x86_64"]'],
    ['another runtime', aFunction({ Runtime: 'nodejs20.x' }), 'It.Properties.Runtime: is "nodejs20.x"'],
    [
      'a database with a public address',
      { Type: 'AWS::RDS::DBInstance', Properties: { PubliclyAccessible: true } },
      'It.Properties.PubliclyAccessible: is true',
    ],
    ['a role of anyone', role(trusted('*')), 'It: may be taken on by "*", not by Lambda alone'],
    ['a role of an account', role(trusted({ AWS: 'arn:aws:iam::1:root' })), 'It: may be taken on by {"AWS"'],
    [
      'a role of Lambda’s and an account’s',
      role(trusted({ Service: 'lambda.amazonaws.com', AWS: '*' })),
      'not by Lambda alone',
    ],
    ['a role of EC2 too', role(trusted({ Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] })), 'It: may be'],
    ['a role of nobody', role({}), 'It: may be taken on by nobody'],
  ])('names %s', (_, resource, line) => {
    expect(linesOf(resource)).toContainEqual(expect.stringContaining(line));
  });
});
