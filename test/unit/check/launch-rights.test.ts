import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import { holdersOf } from '../../../infra/check/rights/holders.ts';
import { rightFindings } from '../../../infra/check/rights/rights.ts';
import { type Change, standing, sweepSource } from './small-stack.ts';

const HERE = 'arn:aws:ec2:us-east-1:123456789012';
const TEMPLATE = { 'Fn::Sub': `${HERE}:launch-template/\${LaunchTemplateId}` };
const TAG = { 'aws:RequestTag/muster:registry': { Ref: 'RegistryId' } };
const KEYS = ['muster:registry', 'muster:workspace', 'muster:generation', 'Name'];

const allow = (Action: string, Resource: readonly string[], Condition: object) => ({
  ...{ Effect: 'Allow', Action, Resource, Condition },
});

/** The statements that a launch needs, by what they are about. */
const LAUNCH = {
  instance: allow('ec2:RunInstances', [`${HERE}:instance/*`], {
    ArnEquals: { 'ec2:LaunchTemplate': TEMPLATE },
    StringEquals: TAG,
  }),
  subnet: allow('ec2:RunInstances', [`${HERE}:subnet/*`, `${HERE}:network-interface/*`], {
    ArnEquals: { 'ec2:LaunchTemplate': TEMPLATE },
  }),
  template: allow(
    'ec2:RunInstances',
    [
      ...['image', 'snapshot'].map((kind) => `arn:aws:ec2:us-east-1::${kind}/*`),
      ...['capacity-reservation', 'key-pair', 'launch-template', 'placement-group', 'security-group', 'volume'].map(
        (kind) => `${HERE}:${kind}/*`,
      ),
    ],
    { ArnEquals: { 'ec2:LaunchTemplate': TEMPLATE }, Bool: { 'ec2:IsLaunchTemplateResource': 'true' } },
  ),
  tags: allow('ec2:CreateTags', [`${HERE}:instance/*`], {
    StringEquals: { 'ec2:CreateAction': 'RunInstances', ...TAG },
    'ForAllValues:StringEquals': { 'aws:TagKeys': KEYS },
  }),
} as const;

async function linesOf(statements: Partial<Record<keyof typeof LAUNCH, object>>): Promise<string[]> {
  const change: Change = ({ Parameters, Resources: { SweepRole } }) => {
    Parameters['LaunchTemplateId'] = { Type: 'String' };
    const [policy] = SweepRole.Properties.Policies;
    policy?.PolicyDocument.Statement.push(...Object.values(statements).map((one) => ({ ...one })));
  };
  const { template, resolve, place, parameters, deployed } = await standing(change);
  const source = sweepSource(`import { RunInstancesCommand } from '@aws-sdk/client-ec2';\n`);
  const stack = {
    template,
    resolve,
    place,
    parameters,
    ownerSecret: 'arn:aws:secretsmanager:us-east-1:1:secret:owner',
  };
  return (await Promise.all(holdersOf(stack, deployed, [source]).map(rightFindings))).flat().map(lineOf);
}

const INSTANCE = `${HERE}:instance/i-0123456789abcdef0`;

describe('the right to launch', () => {
  it('is right when it is bound to our template and our tag', async () => {
    expect(await linesOf(LAUNCH)).toEqual([]);
  });

  it('is missed where one of the resources of a launch is', async () => {
    const { subnet: _left, ...others } = LAUNCH;
    expect(await linesOf(others)).toEqual(
      ['subnet/subnet', 'network-interface/eni'].map(
        (part) =>
          `right: sweep: may not ec2:RunInstances on ${HERE}:${part}-0123456789abcdef0, which it needs (@aws-sdk/client-ec2 RunInstances)`,
      ),
    );
  });

  it.each([
    [
      'another template',
      { ...LAUNCH, instance: { ...LAUNCH.instance, Condition: { StringEquals: TAG } } },
      `right: sweep: may ec2:RunInstances on ${INSTANCE}: a launch with another template`,
    ],
    [
      'any value of our tag',
      {
        ...LAUNCH,
        instance: {
          ...LAUNCH.instance,
          Condition: {
            ArnEquals: { 'ec2:LaunchTemplate': TEMPLATE },
            Null: { 'aws:RequestTag/muster:registry': 'false' },
          },
        },
      },
      `right: sweep: may ec2:RunInstances on ${INSTANCE}: a launch for another registry`,
    ],
    [
      'another image than the template names',
      { ...LAUNCH, template: { ...LAUNCH.template, Condition: { ArnEquals: { 'ec2:LaunchTemplate': TEMPLATE } } } },
      'right: sweep: may ec2:RunInstances on arn:aws:ec2:us-east-1::image/ami-0123456789abcdef0: a launch with what its template does not name',
    ],
    [
      'tags of others',
      {
        ...LAUNCH,
        tags: { ...LAUNCH.tags, Condition: { StringEquals: { 'ec2:CreateAction': 'RunInstances', ...TAG } } },
      },
      `right: sweep: may ec2:CreateTags on ${INSTANCE}: an instance that is launched with a tag of others`,
    ],
  ])('is too wide when it takes %s', async (_what, statements, line) => {
    expect(await linesOf(statements)).toContain(line);
  });
});
