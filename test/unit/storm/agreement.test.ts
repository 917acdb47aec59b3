import { describe, expect, it } from 'vitest';
import { disagreements } from '../../storm/check/agreement.ts';
import type { Ec2Instance } from '../../storm/registry/instances.ts';
import type { RegistryRow } from '../../storm/registry/records.ts';
import { INSTANCE_ID, instanceOf, rowOf, sightOf, WORKSPACE_ID } from './records.ts';

const OTHER = { id: 'i-00000000000000002' };
const STOPPED = { state: 'stopped' } as const;
const NOTHING = { instance_id: null } as const;
const ANOTHER_ROW = rowOf({ id: '01a1feb0-0000-7000-8000-000000000002', number: '1', ...NOTHING, status: 'removed' });

const found = (row: Partial<RegistryRow>, instances: readonly Ec2Instance[] = [instanceOf()]) =>
  disagreements(sightOf([rowOf(row)], instances)).map(({ what }) => what);

describe('the registry and EC2 agree', () => {
  it.each<[string, Partial<RegistryRow>, Ec2Instance[]]>([
    ['online on a running instance', {}, [instanceOf()]],
    ['paused on a stopped one', { status: 'paused' }, [instanceOf(STOPPED)]],
    ['hibernated on a stopped one', { status: 'hibernated' }, [instanceOf(STOPPED)]],
    ['paused without one', { status: 'paused', ...NOTHING }, []],
    ['removed without one', { status: 'removed', ...NOTHING }, []],
    ['removed, its instance dead', { status: 'removed', ...NOTHING }, [instanceOf({ state: 'terminated' })]],
    ['failed without one', { status: 'failed', ...NOTHING }, []],
    ['offline for silence on a running one', { status: 'offline' }, [instanceOf()]],
    ['offline without one where nothing is to heal it', { status: 'offline', restart_policy: 'never', ...NOTHING }, []],
    ['provisioning, and a person holds it', { status: 'provisioning', stopped_by: 'user' }, [instanceOf(STOPPED)]],
  ])('%s', (_, row, instances) => {
    expect(found(row, instances)).toEqual([]);
  });
});

describe('the registry and EC2 disagree', () => {
  it.each<[string, RegExp, Partial<RegistryRow>, Ec2Instance[]]>([
    ['an instance without a row', /is in no row/, {}, [instanceOf(), instanceOf(OTHER)]],
    ['an instance without our tag', /bears no tag/, {}, [instanceOf({ registryId: null })]],
    ['a stopped instance without a row', /is in no row/, NOTHING, [instanceOf(STOPPED)]],
    ['an instance of another generation', /in a row of generation 2/, {}, [instanceOf({ generation: '1' })]],
    ['an instance tagged for another workspace', /in the row of/, {}, [instanceOf({ workspaceId: 'x' })]],
    ['a row with a dead instance', /believes in/, {}, [instanceOf({ state: 'terminated' })]],
    ['a row with an unknown instance', /believes in .*unknown to EC2/, { status: 'failed' }, []],
    ['a removed row with an instance', /has i-/, { status: 'removed' }, [instanceOf()]],
    ['a previous instance', /as its previous/, { previous_instance_id: 'i-1' }, [instanceOf()]],
    ['a paused row with a running instance', /is running/, { status: 'paused' }, [instanceOf()]],
    [
      'a hibernated row with a stopping one',
      /is stopping/,
      { status: 'hibernated' },
      [instanceOf({ state: 'stopping' })],
    ],
    ['an online row with a stopped instance', /is stopped/, {}, [instanceOf(STOPPED)]],
    ['an online row out of its lease', /not beaten/, { in_lease: false }, [instanceOf()]],
    ['an online row without an instance', /is unknown to EC2/, NOTHING, []],
    ['an owed operation', /owes stop/, { ec2_op: 'stop' }, [instanceOf()]],
    ['a lease', /is held/, { leased: true }, [instanceOf()]],
    ['a boot that nobody waits for', /no boot/, { status: 'provisioning' }, [instanceOf()]],
    ['a person holds it, and it runs', /no boot/, { status: 'provisioning', stopped_by: 'user' }, [instanceOf()]],
    ['a loss that is not healed', /no launch is owed/, { status: 'offline', ...NOTHING }, []],
    ['two generations in one workspace', /beats of 1/, { beat_generation: 1 }, [instanceOf()]],
  ])('%s', (_, what, row, instances) => {
    expect(found(row, instances).join('\n')).toMatch(what);
  });

  it('where one instance is in two rows', () => {
    const both = [rowOf(), { ...ANOTHER_ROW, status: 'failed' as const, instance_id: INSTANCE_ID }];
    expect(disagreements(sightOf(both, [instanceOf()]))[0]?.what).toMatch(/is in 2 rows/);
  });

  it('where one idempotency key made two workspaces', () => {
    const twins = disagreements(sightOf([rowOf(), { ...ANOTHER_ROW, number: '0' }], [instanceOf()]));
    expect(twins).toEqual([
      { workspaceId: WORKSPACE_ID, what: 'is one of 2 made for key storm-0' },
      { workspaceId: ANOTHER_ROW.id, what: 'is one of 2 made for key storm-0' },
    ]);
  });
});
