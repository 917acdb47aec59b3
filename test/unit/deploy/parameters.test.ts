import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requireFittingParameters } from '../../../infra/deploy/parameters.ts';

const Parameters = {
  LaunchTemplateId: {
    Type: 'String',
    AllowedPattern: '^lt-[0-9a-f]{8,17}$',
    ConstraintDescription: 'is no id of a launch template (lt-…)',
  },
  ArtefactObjects: { Type: 'CommaDelimitedList', Default: '', AllowedPattern: '^(arn:.+)?$' },
  MinCapacity: { Type: 'Number', MinValue: 0, MaxValue: 256 },
  Tracing: { Type: 'String', AllowedValues: ['true', 'false'] },
};
const fitting = {
  LaunchTemplateId: 'lt-0123456789abcdef0',
  ArtefactObjects: 'arn:a, arn:b',
  MinCapacity: 0.5,
  Tracing: 'false',
};

/** A package that gives its stack these values. */
async function packageWith(values: Readonly<Record<string, string | number>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-parameters-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const given = Object.entries({ ...fitting, ...values });
  const stackParameters = given.map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
  const template = JSON.stringify({ Parameters, Resources: {} });
  await writeFile(join(folder, 'cloudformation-template-update-stack.json'), template);
  const state = JSON.stringify({ service: { provider: { stackParameters } } });
  await writeFile(join(folder, 'serverless-state.json'), state);
  return folder;
}

describe('the values of a stack’s parameters', () => {
  it('that CloudFormation takes are taken', async () => {
    await expect(requireFittingParameters(await packageWith({ ArtefactObjects: '' }))).resolves.toBeUndefined();
    await expect(requireFittingParameters(await packageWith({}))).resolves.toBeUndefined();
  });

  it('that it would refuse are named by their --param, all at once', async () => {
    const folder = await packageWith({ LaunchTemplateId: '', MinCapacity: 'much' });
    await expect(requireFittingParameters(folder)).rejects.toThrow(
      '--param launch-template-id: "" is no id of a launch template (lt-…)\n--param min-capacity: "much" is not',
    );
  });

  it.each([
    ['ArtefactObjects', 'arn:a,my-bucket'],
    ['MinCapacity', ''],
    ['MinCapacity', 257],
    ['Tracing', 'yes'],
  ])('%s: %s is refused', async (name, value) => {
    await expect(requireFittingParameters(await packageWith({ [name]: value }))).rejects.toThrow(
      JSON.stringify(String(value)),
    );
  });
});
