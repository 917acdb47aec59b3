import { describe, expect, it } from 'vitest';
import { describeStep } from '../../storm/plan/describe-step.ts';
import { planOf, type Step } from '../../storm/plan/plan.ts';

const SIZE = { workspaces: 40, steps: 400, faults: true };
const SEEDS = [0, 1, 7, 0x7fff_ffff];

const ofKind = <Kind extends Step['kind']>(plan: readonly Step[], kind: Kind) =>
  plan.filter((step): step is Extract<Step, { kind: Kind }> => step.kind === kind);

describe('the plan of a storm', () => {
  it.each(SEEDS)('is the same again for seed %i, to the last printed word', (seed) => {
    const printed = () => planOf(seed, SIZE).map(describeStep);
    expect(printed()).toEqual(printed());
  });

  it('is another for another seed', () => {
    const plans = SEEDS.map((seed) => JSON.stringify(planOf(seed, SIZE)));
    expect(new Set(plans).size).toBe(SEEDS.length);
  });

  it.each(SEEDS)('creates every workspace once, in order, and acts on none before, for seed %i', (seed) => {
    let created = 0;
    for (const step of planOf(seed, SIZE)) {
      if (step.kind === 'create') expect(step.workspace).toBe(created++);
      if ('workspace' in step) expect(step.workspace).toBeLessThan(created);
    }
    expect(created).toBe(SIZE.workspaces);
  });

  it('has as many acts as asked for, beside what is created, weathers, schedules and a crash', () => {
    const plan = planOf(7, SIZE);
    const acts = [...ofKind(plan, 'command'), ...ofKind(plan, 'reissue'), ...ofKind(plan, 'outside')];
    expect(acts).toHaveLength(SIZE.steps);
    expect(ofKind(plan, 'weather').length).toBeGreaterThan(20);
    expect(ofKind(plan, 'schedules')).toHaveLength(40);
    expect(ofKind(plan, 'crash')).toHaveLength(1);
  });

  it('has every command and every act from outside, for whatever seed', () => {
    for (const seed of SEEDS) {
      const plan = planOf(seed, SIZE);
      expect(new Set(ofKind(plan, 'command').map(({ command }) => command)).size).toBe(6);
      expect(new Set(ofKind(plan, 'outside').map(({ act }) => act)).size).toBe(3);
    }
  });

  it('resumes what it has paused and not resumed, while there is any', () => {
    const paused = new Set<number>();
    for (const step of ofKind(planOf(7, SIZE), 'command')) {
      if (step.command === 'pause') paused.add(step.workspace);
      if (step.command !== 'resume') continue;
      if (paused.size > 0) expect(paused).toContain(step.workspace);
      paused.delete(step.workspace);
    }
  });

  it('strikes what is under way: one act in six or more follows upon the same workspace', () => {
    const targets = planOf(7, SIZE).flatMap((step) => ('act' in step || 'command' in step ? step.workspace : []));
    const again = targets.filter((target, at) => target === targets[at - 1]);
    expect(again.length).toBeGreaterThan(targets.length / 6);
  });

  it('has neither faults nor crashes when it is to have none', () => {
    const plan = planOf(7, { ...SIZE, faults: false });
    expect([...ofKind(plan, 'weather'), ...ofKind(plan, 'crash')]).toEqual([]);
  });

  it('creates every workspace, however few steps there are', () => {
    const plan = planOf(7, { workspaces: 10, steps: 1, faults: true });
    expect(ofKind(plan, 'create')).toHaveLength(10);
  });
});
