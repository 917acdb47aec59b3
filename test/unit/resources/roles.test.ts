import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DEPLOYED, roleIdOf } from '../../../infra/resources/functions.ts';
import { roles } from '../../../infra/resources/roles.ts';
import { TAGS } from '../../../lib/adapters/ec2/answered-instance.ts';

const statement = z.object({ Action: z.array(z.string()), Resource: z.unknown(), Condition: z.unknown().optional() });
const role = z.object({
  Properties: z.object({
    Policies: z.tuple([
      z.object({
        PolicyDocument: z.object({
          Statement: z.array(
            z.union([statement, z.object({ 'Fn::If': z.tuple([z.string(), statement, z.unknown()]) })]),
          ),
        }),
      }),
    ]),
  }),
});

/** What a function may do, each with the condition of the template that it depends on. */
function statementsOf(name: string) {
  const { Properties } = role.parse(roles.Resources[roleIdOf(name)]);
  return Properties.Policies[0].PolicyDocument.Statement.map((said) => {
    if (!('Fn::If' in said)) return { ...said, given: undefined };
    const [given, then] = said['Fn::If'];
    return { ...then, given };
  });
}

const all = DEPLOYED.flatMap(({ name }) => statementsOf(name).map((said) => ({ ...said, name })));
const actionsOf = (name: string) =>
  statementsOf(name)
    .filter(({ given }) => given === undefined)
    .flatMap(({ Action }) => Action);

describe("a function's role", () => {
  it('says nothing twice', () => {
    for (const { name } of DEPLOYED) {
      const said = statementsOf(name).map((each) => JSON.stringify(each));
      expect(said, name).toEqual([...new Set(said)]);
    }
  });

  it('lets it write into its own log group alone', () => {
    const groups = all.filter(({ Action }) => Action.includes('logs:PutLogEvents')).map(({ Resource }) => Resource);
    expect(groups).toContainEqual({ 'Fn::GetAtt': ['NotDashfoundLogGroup', 'Arn'] });
    expect(new Set(groups.map((group) => JSON.stringify(group))).size).toBe(DEPLOYED.length);
  });

  it('names what it may touch, where AWS can be told', () => {
    const unlimited = all.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    expect(unlimited.filter((action) => !/^(ec2:Describe|xray:Put)/.test(action))).toEqual([]);
  });

  it("lets it touch only instances with this registry's tag", () => {
    const touching = all.filter(({ Action }) => Action.some((action) => /:(Start|Stop|Reboot|Terminate)/.test(action)));
    const [first] = touching;
    expect(first?.Condition).toEqual({
      StringEquals: { 'aws:ResourceTag/muster:registry': { Ref: 'RegistryId' } },
    });
    expect(new Set(touching.map(({ Condition }) => JSON.stringify(Condition))).size).toBe(1);
    const may = touching.map(({ name, Action }) => [
      name,
      Action.map((action) => action.replace(/^ec2:|Instances$/g, '')),
    ]);
    expect(may).toEqual([
      ['provision', ['Terminate']],
      ['converge', ['Start', 'Stop', 'Reboot', 'Terminate']],
      ['orphans', ['Terminate']],
    ]);
  });

  it('lets it launch only by a template of the stack, never by any other', () => {
    const launching = all.filter(({ Action }) => Action.includes('ec2:RunInstances'));
    for (const { Condition } of launching) expect(Condition).toHaveProperty(['ArnEquals', 'ec2:LaunchTemplate']);
    expect(new Set(launching.map(({ name }) => name))).toEqual(new Set(['provision', 'converge']));
  });

  it.each([
    ['problems', ['logs:CreateLogStream', 'logs:PutLogEvents']],
    [
      'ready',
      ['logs:CreateLogStream', 'logs:PutLogEvents', 'rds-data:ExecuteStatement', 'secretsmanager:GetSecretValue'],
    ],
  ])('holds no more than it calls: %s', (name, actions) => {
    expect(actionsOf(name)).toEqual(actions);
  });

  it('lets it leave what failed in the queue only where nobody waits for the answer', () => {
    const leaving = all.filter(({ Action }) => Action.includes('sqs:SendMessage')).map(({ name }) => name);
    expect(leaving).toEqual(['reconcile', 'converge', 'orphans', 'sweep', 'liveness', 'archive', 'hint']);
  });

  it.each([
    ['iam:PassRole', 'HasRuntimeRole'],
    ['ssm:GetParameters', 'HasImageParameters'],
    ['s3:GetObject', 'HasArtefacts'],
    ['kms:Decrypt', 'OwnKey'],
    ['kms:CreateGrant', 'HasVolumeKey'],
    ['xray:PutTraceSegments', 'Tracing'],
  ])('has %s only where the stack needs it (%s)', (action, condition) => {
    const given = all.filter(({ Action }) => Action.includes(action)).map((said) => said.given);
    expect(given).toContain(condition);
    expect(given).not.toContain(undefined);
  });

  it("takes the stack's other templates, and the tags that templates put on, with those that are always there", () => {
    const [launching] = all.filter(({ Action }) => Action.includes('ec2:RunInstances'));
    const ours = { 'Fn::Sub': expect.stringContaining(`launch-template/\${LaunchTemplateId}`) };
    const joined = { 'Fn::Join': [',', [ours, { 'Fn::Join': [',', { Ref: 'OtherLaunchTemplates' }] }]] };
    expect(launching?.Condition).toMatchObject({
      ArnEquals: { 'ec2:LaunchTemplate': { 'Fn::If': ['HasOtherTemplates', { 'Fn::Split': [',', joined] }, [ours]] } },
      StringEquals: { 'aws:RequestTag/muster:registry': { Ref: 'RegistryId' } },
    });
    const tagging = all.filter(({ Action }) => Action.includes('ec2:CreateTags'));
    for (const { Condition } of tagging) {
      expect(Condition).toMatchObject({ StringEquals: { 'ec2:CreateAction': 'RunInstances' } });
      expect(JSON.stringify(Condition)).toContain('TemplateTagKeys');
    }
    expect(JSON.stringify(tagging[0]?.Condition)).toContain(JSON.stringify([...Object.values(TAGS), 'Name']));
  });

  it('lets a launch replace nothing of its template but the subnet and what is in it', () => {
    const launching = all.filter(({ name, Action }) => name === 'provision' && Action.includes('ec2:RunInstances'));
    const kept = launching.filter(({ Condition }) => JSON.stringify(Condition).includes('IsLaunchTemplateResource'));
    expect(kept).toHaveLength(1);
    for (const kind of ['image', 'key-pair', 'security-group', 'volume']) {
      const allowing = launching.filter(({ Resource }) => JSON.stringify(Resource).includes(`:${kind}/*`));
      expect(allowing, kind).toEqual(kept);
    }
  });
});
