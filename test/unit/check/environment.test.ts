import { describe, expect, it } from 'vitest';
import { environmentFindings } from '../../../infra/check/environment/environment.ts';
import { lineOf } from '../../../infra/check/finding.ts';
import { type Change, standing, sweepSource } from './small-stack.ts';

async function linesOf(variables: Record<string, unknown>): Promise<string[]> {
  const change: Change = ({ Resources: { Sweep } }) => Object.assign(Sweep.Properties.Environment.Variables, variables);
  const { deployed, functions, sections } = await standing(change);
  return environmentFindings(deployed, functions, sections).map(lineOf);
}

describe('the environment of a function', () => {
  it('is right when it has exactly what the code reads', async () => {
    expect(await linesOf({})).toEqual([]);
  });

  it('may be told to Node too', async () => {
    expect(await linesOf({ NODE_OPTIONS: '--enable-source-maps' })).toEqual([]);
  });

  it.each([
    [
      'a variable that is not set',
      { DATABASE_NAME: { Ref: 'AWS::NoValue' } },
      'environment: sweep.DATABASE_NAME: is not set, and the code reads it (CONFIG.database)',
    ],
    [
      'a variable that is set and not read',
      { COLOUR: 'red' },
      'environment: sweep.COLOUR: is set, and the code does not read it',
    ],
    [
      'a misspelt variable',
      { DATABASE_NAM: 'muster' },
      'environment: sweep.DATABASE_NAM: is set, and the code does not read it (did you mean DATABASE_NAME?)',
    ],
    [
      'a value that the code refuses',
      { DATABASE_CLUSTER_ARN: 'cluster' },
      'environment: sweep.DATABASE_CLUSTER_ARN: its value is not an ARN',
    ],
    [
      'an empty value',
      { DATABASE_NAME: '' },
      'environment: sweep.DATABASE_NAME: is empty, and the code requires a value',
    ],
    [
      'an endpoint of the SDK',
      { AWS_ENDPOINT_URL_EC2: 'http://localhost' },
      'environment: sweep.AWS_ENDPOINT_URL_EC2: sends a client of the SDK elsewhere: not on AWS',
    ],
    [
      'what Lambda sets itself',
      { AWS_REGION: 'us-east-1' },
      'environment: sweep.AWS_REGION: Lambda sets it itself, and refuses to be given it',
    ],
  ])('%s is named', async (_what, variables, line) => {
    expect(await linesOf(variables)).toEqual([line]);
  });
});

describe('what a library reads', () => {
  const logger = "import { Logger } from '@aws-lambda-powertools/logger';";
  const linesOfLogging = async (variables: Record<string, unknown>) => {
    const change: Change = ({ Resources: { Sweep } }) =>
      Object.assign(Sweep.Properties.Environment.Variables, variables);
    const { deployed, sections } = await standing(change);
    return environmentFindings(deployed, [sweepSource(logger)], sections).map(lineOf);
  };

  it('may be set', async () => {
    expect(await linesOfLogging({ POWERTOOLS_SERVICE_NAME: 'muster-dev' })).toEqual([]);
  });

  it('is missed where a function imports the library', async () => {
    expect(await linesOfLogging({})).toEqual([
      'environment: sweep.POWERTOOLS_SERVICE_NAME: is not set, and the code reads it (@aws-lambda-powertools/logger)',
    ]);
  });

  it('is set in vain where a function does not', async () => {
    expect(await linesOf({ POWERTOOLS_SERVICE_NAME: 'muster-dev' })).toEqual([
      'environment: sweep.POWERTOOLS_SERVICE_NAME: is set, and the code does not read it',
    ]);
  });
});
