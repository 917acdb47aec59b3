import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import { stageFindings } from '../../../infra/check/stage.ts';
import { type Change, smallData, smallService, smallSources } from './small-stack.ts';

async function linesOf(change?: Change): Promise<string[]> {
  const templates = { stage: 'dev', data: smallData(), service: smallService(change) };
  return [...new Set((await stageFindings(templates, await smallSources())).map(lineOf))];
}

describe('the check of a stage', () => {
  it('finds nothing in a stack that is right', async () => {
    expect(await linesOf()).toEqual([]);
  });

  it('names a mistake of every kind', async () => {
    const lines = await linesOf(({ Resources }) => {
      const { Queue, Sweep, Rule, SweepRole } = Resources;
      Reflect.deleteProperty(Resources, 'Invokes');
      Object.assign(Queue.Properties, { Colour: 'red' });
      Object.assign(Sweep.Properties, { Environment: { Variables: {} } });
      Object.assign(Rule.Properties, { State: 'DISABLED' });
      Object.assign(SweepRole.Properties, { Policies: [] });
    });
    expect(lines).toContain('event: Sweep: has no AWS::Lambda::EventInvokeConfig: it would be retried twice');
    const kinds = lines.map((line) => line.split(':')[0]);
    expect(new Set(kinds)).toEqual(new Set(['template', 'environment', 'event', 'right']));
  });
});
