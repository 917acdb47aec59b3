import { describe, expect, it } from 'vitest';
import { dryRun } from '../../../infra/deploy/dry-run.ts';
import { sql } from '../../support/sql.ts';
import { line, useRollout } from './rolling-out.ts';

const rollout = useRollout();

describe('a dry run', () => {
  it('tells what would be migrated and which resources would change, and changes nothing', async () => {
    await rollout.deployedBefore();
    await sql(`DELETE FROM schema_migrations WHERE name = '12_note_hint'`);
    const template = '{"Resources": {"A": {"Type": "U"}, "B": {"Type": "T"}}}';
    rollout.aws.stacks.set('muster-prod', { outputs: {}, template });
    await dryRun(line, rollout.ports());
    expect(rollout.said.join('\n')).toMatch(/what would be migrated …\n .*\b12_note_hint\b/);
    expect(rollout.said).toContain('  changed: A\n  removed: B');
    expect(rollout.said).toContain('  added: A');
    expect(rollout.deployed).toEqual([]);
    expect(await sql(`SELECT 1 FROM schema_migrations WHERE name = '12_note_hint'`)).toEqual([]);
  });

  it('before the first rollout tells that everything is new', async () => {
    await dryRun(line, rollout.ports());
    expect(rollout.said.join('\n')).toMatch(/all \d+ files, after muster-data-prod is made/);
    expect(rollout.said).toContain('  all 1 resources are new');
  });

  it('without credentials packages and checks, and says what is not known', async () => {
    const denied = () => Promise.reject(new Error('Could not load credentials from any providers'));
    await dryRun(line, rollout.ports({ stacks: { outputs: denied, template: denied } }));
    expect(rollout.said).toContain('  not known: Could not load credentials from any providers');
    expect(rollout.said.at(-1)).toContain('Nothing was changed');
  });

  it('tells of alarms that call nobody, also where the topic is given as an empty text', async () => {
    await dryRun({ ...line, params: new Map([['alarm-topic-arn', '']]) }, rollout.ports());
    expect(rollout.said).toContainEqual(expect.stringContaining('The alarms will call nobody'));
  });

  it('fails when the check of the templates finds something', async () => {
    const check = () => Promise.reject(new Error('1 finding'));
    await expect(dryRun(line, rollout.ports({ check }))).rejects.toThrow('check the templates: 1 finding');
  });
});
