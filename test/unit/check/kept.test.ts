import { expect, it } from 'vitest';
import { lineOf } from '../../../infra/check/finding.ts';
import { templateFindings } from '../../../infra/check/stage.ts';
import { exportsOf } from '../../../infra/check/world/variants.ts';
import { type Change, smallData, smallService, smallSources } from './small-stack.ts';

async function linesOf(change: Change): Promise<string[]> {
  const { spec } = await smallSources();
  const exported = exportsOf(smallData(), 'muster-data-dev');
  return templateFindings(smallService(change), 'muster-dev', exported, spec).map(lineOf);
}

it('what would stay of a first deployment that is undone is named', async () => {
  expect(await linesOf(({ Resources: { Queue } }) => Object.assign(Queue, { DeletionPolicy: 'Retain' }))).toEqual([
    'template: Queue.DeletionPolicy: Retain keeps it also when its first deployment is undone: RetainExceptOnCreate',
  ]);
});

it('a name that stays when the stack goes is named: a stack that is made anew would find it taken', async () => {
  const lines = await linesOf(({ Resources: { Queue } }) => {
    Object.assign(Queue, { DeletionPolicy: 'RetainExceptOnCreate' });
    Object.assign(Queue.Properties, { QueueName: 'dead-letters' });
  });
  expect(lines).toEqual([
    'template: Queue.Properties.QueueName: stays when the stack goes, so a stack that is made anew finds it taken',
  ]);
});

it('what stays without a name of its own is right', async () => {
  const change: Change = ({ Resources: { Queue } }) => Object.assign(Queue, { DeletionPolicy: 'RetainExceptOnCreate' });
  expect(await linesOf(change)).toEqual([]);
});
