import { describe, expect, it } from 'vitest';
import { api, pathOf, stackWith, startLambda } from './fake-lambda.ts';
import { id, muster } from './muster.ts';
import { calm } from './swept.ts';

const other = '019a0000-0000-7000-8000-000000000002';
const third = '019a0000-0000-7000-8000-000000000003';

const changed = {
  workspace_id: id,
  instance_id: 'i-0123456789abcdef0',
  zone: 'us-east-1a',
  status: 'online',
  verdict: 'gone',
  reason: 'instance_terminated',
  change: 'offline',
  brake: 'does not apply',
  evidence: {
    ec2_state: 'terminated',
    ec2_reason: 'Server.\nSpotInstanceTermination',
    availability_zone: 'us-east-1a',
  },
};
const absent = {
  ...changed,
  verdict: 'absent',
  reason: 'not_named',
  brake: 'passes',
  evidence: {
    sweeps_without_it: 4,
    missing_seconds: 360,
    instance_age_seconds: 7_300,
    brake: { held_by: null, zone_workspaces: 12, zone_allows: 2, fleet_workspaces: 30, fleet_allows: 3 },
  },
};
const heldBy = (by: string, workspace: string, zone: string | null = 'us-east-1b') => ({
  ...absent,
  workspace_id: workspace,
  zone,
  brake: 'held',
  evidence: { ...absent.evidence, brake: { ...absent.evidence.brake, held_by: by } },
});

const rough = {
  ...calm,
  workspaces: 30,
  verdicts: { alive: 22, stopped: 0, gone: 1, absent: 6, unknown: 1 },
  would_change: 2,
  held: 3,
  absences_not_proved: 2,
  unlisted: [{ zone: 'us-east-1b', end: 'Request\u001bLimitExceeded' }],
  ec2: { made: 9, throttled: 4, failed: 1 },
  changes: [changed, absent, heldBy('zone', other), heldBy('zone', third), heldBy('fleet', third, null)],
  not_shown: 7,
};
const explained = {
  explain: id,
  verdict: 'absent',
  argument: ['shop\u001b[2J is online.', '  yes: it is.', 'So be it.'],
};

describe('muster sweep --dry-run', () => {
  it('invokes the function of the newest local stack, and shows each change with its evidence', async () => {
    const lambda = await startLambda(rough);
    const { exitCode, stdout, stderr } = await muster(['sweep', '--dry-run', '--url', api], stackWith(lambda.url));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(lambda.invoked).toMatchObject([{ path: pathOf('muster-local-sweep'), payload: { dry_run: true } }]);
    const rows = stdout.split('\n').filter((line) => line.startsWith('│'));
    expect(
      rows.map((row) =>
        row
          .split('│')
          .map((cell) => cell.trim())
          .slice(1, -1),
      ),
    ).toEqual([
      ['workspace', 'instance', 'zone', 'status', 'verdict', 'reason', 'change', 'brake', 'evidence'],
      [
        ...[id, 'i-0123456789abcdef0', 'us-east-1a', 'online', 'gone', 'instance_terminated', 'offline'],
        ...['does not apply', 'EC2 says terminated (Server. SpotInstanceTermination)'],
      ],
      [
        ...[id, 'i-0123456789abcdef0', 'us-east-1a', 'online', 'absent', 'not_named', 'offline', 'passes'],
        'EC2 does not name it: 4 sweeps without it in 6 min, launched or booted 2 h ago',
      ],
      expect.arrayContaining([other, 'us-east-1b', 'held by zone']),
      expect.arrayContaining([third, 'us-east-1b', 'held by zone']),
      expect.arrayContaining([third, '–', 'held by fleet']),
    ]);
  });

  it('sums up in words what it looked at, what waits and why, and what EC2 did not answer', async () => {
    const lambda = await startLambda(rough);
    const { stdout } = await muster(['sweep', '--dry-run'], stackWith(lambda.url));
    expect(stdout.split('\n').filter((line) => !/^[┌├└│]/.test(line))).toEqual([
      '7 more would change, or wait behind the brake; they are not shown.',
      'Looked at 30 workspaces with an instance: 22 alive, 1 gone, 6 absent, 1 unknown.',
      '2 would change now.',
      '3 would wait behind the brake, for the next sweeps to let through:',
      '  2: of 12 in us-east-1b, a sweep lets 2 go for being absent',
      '  1: of 30 in the whole fleet, a sweep lets 3 go for being absent',
      '2 absences not proved yet: --explain ID says what is missing of the proof.',
      'What is unknown changes nothing: EC2 did not answer for it.',
      'us-east-1b could not be listed whole (Request LimitExceeded): what the list lacks was asked for by id.',
      'EC2 was called 9 times: 4 throttled, 1 failed.',
      'Dry run, nothing was done.',
    ]);
  });

  it('says that nothing would change', async () => {
    const lambda = await startLambda(calm);
    const { stdout } = await muster(['sweep', '--dry-run'], stackWith(lambda.url));
    expect(stdout.split('\n')).toEqual([
      'Nothing would change.',
      'Looked at 1 workspace with an instance: 1 alive.',
      'EC2 was called once: 0 throttled, 0 failed.',
      'Dry run, nothing was done.',
    ]);
  });

  it('counts those whose zone nobody knows as a zone of their own', async () => {
    const lambda = await startLambda({ ...calm, held: 1, changes: [heldBy('zone', other, null)] });
    const { stdout } = await muster(['sweep', '--dry-run'], stackWith(lambda.url));
    expect(stdout).toContain('\n  1: of 12 in no known zone, a sweep lets 2 go for being absent\n');
  });

  it('gives columns up on a narrow terminal: whom it is about, what changes and why stay', async () => {
    const lambda = await startLambda(rough);
    const { stdout } = await muster(['sweep', '--dry-run'], { ...stackWith(lambda.url), width: 80 });
    const table = stdout.split('\n').filter((line) => /^[┌├└│]/.test(line));
    expect(table[1]).toMatch(/^│ workspace +│ verdict +│ change +│ brake +│$/);
    for (const line of table) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('shows evidence of another form as it is', async () => {
    const lambda = await startLambda({ ...calm, changes: [{ ...changed, evidence: { moon: 'full', tide: null } }] });
    expect((await muster(['sweep', '--dry-run'], stackWith(lambda.url))).stdout).toContain('│ moon=full, tide=– │');
  });
});

describe('muster sweep --explain', () => {
  it('prints the argument a sentence a line, parts indented, and nothing that a terminal obeys', async () => {
    const lambda = await startLambda(explained);
    const ended = await muster(['sweep', '--explain', id.toUpperCase()], stackWith(lambda.url));
    expect(ended).toEqual({ exitCode: 0, stdout: 'shop [2J is online.\n  yes: it is.\nSo be it.', stderr: '' });
    expect(lambda.invoked).toMatchObject([{ path: pathOf('muster-local-sweep'), payload: { explain: id } }]);
  });

  it.each([
    ['Lambda', { errorType: 'WorkspaceNotFound', errorMessage: 'not here' }],
    ['the local host', { errorType: 'Error', errorMessage: `no workspace ${id}` }],
  ])('says that there is no such workspace, as %s answers that', async (_, thrown) => {
    const lambda = await startLambda(thrown, 200, { 'x-amz-function-error': 'Unhandled' });
    const ended = await muster(['sweep', '--explain', id], stackWith(lambda.url));
    expect(ended).toEqual({ exitCode: 1, stdout: '', stderr: `This registry has no workspace ${id}` });
  });
});
