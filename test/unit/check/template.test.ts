import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import { templateFindings } from '../../../infra/check/stage.ts';
import { exportsOf } from '../../../infra/check/world/variants.ts';
import { type Change, smallData, smallService, smallSources } from './small-stack.ts';

/** Every line that the check prints for the small stack's template, after a change. */
async function linesOf(change?: Change): Promise<string[]> {
  const { spec } = await smallSources();
  const exported = exportsOf(smallData(), 'muster-data-dev');
  return templateFindings(smallService(change), 'muster-dev', exported, spec).map(lineOf);
}

describe('a template that CloudFormation would refuse', () => {
  const cases: readonly [string, Change, string][] = [
    [
      'a misspelt property',
      ({ Resources: { Queue } }) => Object.assign(Queue.Properties, { SqsManagedSseEnbled: true }),
      'template: Queue.Properties.SqsManagedSseEnbled: no such property of AWS::SQS::Queue (did you mean SqsManagedSseEnabled?)',
    ],
    [
      'a misspelt property at depth',
      ({ Resources: { Invokes } }) =>
        Object.assign(Invokes.Properties, { DestinationConfig: { OnFailure: { Destnation: 'arn:aws:sqs:x' } } }),
      'template: Invokes.Properties.DestinationConfig.OnFailure.Destnation: no such property of AWS::Lambda::EventInvokeConfig.OnFailure (did you mean Destination?)',
    ],
    [
      'a missing property',
      ({ Resources: { Invokes } }) => Object.assign(Invokes.Properties, { Qualifier: { Ref: 'AWS::NoValue' } }),
      'template: Invokes.Properties.Qualifier: is missing: AWS::Lambda::EventInvokeConfig requires it',
    ],
    [
      'a value of another type',
      ({ Resources: { Queue } }) => Object.assign(Queue.Properties, { MessageRetentionPeriod: 'two weeks' }),
      'template: Queue.Properties.MessageRetentionPeriod: "two weeks" where AWS::SQS::Queue takes a whole number',
    ],
    [
      'a text where an object is taken',
      ({ Resources: { Sweep } }) => Object.assign(Sweep.Properties, { TracingConfig: { 'Fn::Sub': 'Active' } }),
      'template: Sweep.Properties.TracingConfig.Fn::Sub: a text where AWS::Lambda::Function takes an object',
    ],
    [
      'a value that is not among the known',
      ({ Resources: { Rule } }) => Object.assign(Rule.Properties, { State: 'ENABLE' }),
      'template: Rule.Properties.State: ENABLE is none that AWS::Events::Rule knows (did you mean ENABLED?)',
    ],
    [
      'a misspelt property in a branch of Fn::If',
      ({ Conditions, Resources: { Sweep } }) => {
        Conditions['IsTraced'] = { 'Fn::Equals': ['a', 'b'] };
        Object.assign(Sweep.Properties, {
          TracingConfig: { 'Fn::If': ['IsTraced', { Mod: 'Active' }, { Ref: 'AWS::NoValue' }] },
        });
      },
      'template: Sweep.Properties.TracingConfig.Mod: no such property of AWS::Lambda::Function.TracingConfig (did you mean Mode?)',
    ],
    [
      'a description with a letter that EC2 refuses',
      ({ Resources }) =>
        Object.assign(Resources, {
          Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'The registry’s' } },
        }),
      'template: Group.Properties.GroupDescription: AWS::EC2::SecurityGroup refuses "The registry’s"',
    ],
    [
      'a description of a rule with an apostrophe',
      ({ Resources }) =>
        Object.assign(Resources, {
          Group: {
            Type: 'AWS::EC2::SecurityGroup',
            Properties: {
              GroupDescription: 'The registry',
              SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '127.0.0.1/32', Description: "It's" }],
            },
          },
        }),
      'template: Group.Properties.SecurityGroupEgress.Description: AWS::EC2::SecurityGroup refuses "It\'s"',
    ],
    [
      'an unknown type',
      ({ Resources: { Queue } }) => Object.assign(Queue, { Type: 'AWS::SQS::Queu' }),
      'template: Queue: no such type as AWS::SQS::Queu (did you mean AWS::SQS::Queue?)',
    ],
    [
      'a misspelt attribute of a resource',
      ({ Resources: { Queue } }) => Object.assign(Queue, { DeletonPolicy: 'Retain' }),
      'template: Queue.DeletonPolicy: no such attribute of a resource (did you mean DeletionPolicy?)',
    ],
    [
      'a misspelt policy for the end',
      ({ Resources: { Queue } }) => Object.assign(Queue, { DeletionPolicy: 'Retian' }),
      'template: Queue.DeletionPolicy: is none of Delete, Retain, RetainExceptOnCreate, Snapshot',
    ],
    [
      'an unknown section',
      (document) => Object.assign(document, { Output: {} }),
      'template: Output: no such section of a template (did you mean Outputs?)',
    ],
    [
      'a parameter that no example is given for',
      ({ Parameters, Outputs }) => {
        Parameters['Colour'] = { Type: 'String' };
        Outputs['Colour'] = { Value: { Ref: 'Colour' } };
      },
      'template: Parameters.Colour: has no example in infra/check/world/variants.ts, so what it decides is not checked',
    ],
    [
      'a parameter that refuses what it is for',
      ({ Parameters }) => Object.assign(Parameters, { RegistryId: { Type: 'String', AllowedPattern: '[0-9]+' } }),
      'template: Parameters.RegistryId: does not take the example 0192f0c1-7d3e-7a4b-8c5d-0123456789ab',
    ],
  ];
  it.each(cases)('%s is named', async (_what, change, line) => {
    expect(await linesOf(change)).toContain(line);
  });
});

describe('references that lead nowhere', () => {
  const output =
    (value: unknown): Change =>
    ({ Outputs }) =>
      Object.assign(Outputs, { Out: { Value: value } });
  const cases: readonly [string, Change, string][] = [
    [
      'Ref',
      output({ Ref: 'Quue' }),
      'template: Outputs.Out.Value: no parameter or resource is called Quue (did you mean Queue?)',
    ],
    [
      'Fn::GetAtt of no resource',
      output({ 'Fn::GetAtt': ['Quue', 'Arn'] }),
      'template: Outputs.Out.Value: no resource is called Quue (did you mean Queue?)',
    ],
    [
      'Fn::GetAtt of no attribute',
      output({ 'Fn::GetAtt': ['Queue', 'Am'] }),
      'template: Outputs.Out.Value: Queue (AWS::SQS::Queue) has no attribute Am',
    ],
    [
      'Fn::Sub',
      output({ 'Fn::Sub': `a \${Quue}` }),
      'template: Outputs.Out.Value: no parameter or resource is called Quue (did you mean Queue?)',
    ],
    [
      'Fn::Sub of no attribute',
      output({ 'Fn::Sub': `a \${Queue.QueueNme}` }),
      'template: Outputs.Out.Value: Queue (AWS::SQS::Queue) has no attribute QueueNme (did you mean QueueName?)',
    ],
    [
      'a variable that the text of Fn::Sub lacks',
      output({ 'Fn::Sub': ['a', { B: 'b' }] }),
      `template: Outputs.Out.Value: the text has no \${B}`,
    ],
    ['Fn::If', output({ 'Fn::If': ['IsBlue', 1, 2] }), 'template: Outputs.Out.Value: no condition is called IsBlue'],
    [
      'Fn::ImportValue',
      output({ 'Fn::ImportValue': 'muster-data-dev-Clustre' }),
      'template: Outputs.Out.Value: no stack exports muster-data-dev-Clustre (did you mean muster-data-dev-Cluster?)',
    ],
    ['an unknown function', output({ 'Fn::Subb': 'a' }), 'template: Outputs.Out.Value: no such function as Fn::Subb'],
    [
      'DependsOn',
      ({ Resources: { Queue } }) => Object.assign(Queue, { DependsOn: 'LogGrop' }),
      'template: Queue.DependsOn: no resource is called LogGrop (did you mean LogGroup?)',
    ],
    [
      'Condition',
      ({ Resources: { Queue } }) => Object.assign(Queue, { Condition: 'IsBlue' }),
      'template: Queue.Condition: no condition is called IsBlue',
    ],
    [
      'a parameter that nothing uses',
      ({ Parameters }) => Object.assign(Parameters, { VpcId: { Type: 'String' } }),
      'template: VpcId: nothing uses this parameter',
    ],
    [
      'a condition that nothing uses',
      ({ Conditions }) => Object.assign(Conditions, { IsBlue: { 'Fn::Equals': ['a', 'b'] } }),
      'template: IsBlue: nothing uses this condition',
    ],
    [
      'a circle',
      ({ Resources: { Queue } }) => Object.assign(Queue, { DependsOn: ['Invokes'] }),
      'template: Queue: waits for itself: Queue → Invokes → Queue',
    ],
    [
      'a resource that not every stack has',
      ({ Parameters, Conditions, Resources: { Queue } }) => {
        Parameters['Tracing'] = { Type: 'String' };
        Conditions['IsTraced'] = { 'Fn::Equals': [{ Ref: 'Tracing' }, 'true'] };
        Object.assign(Queue, { Condition: 'IsTraced' });
      },
      'template: Invokes: refers to Queue, which a stack with plain parameters does not have',
    ],
  ];
  it.each(cases)('%s is named', async (_what, change, line) => {
    expect(await linesOf(change)).toContain(line);
  });
});
