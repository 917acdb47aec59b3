import { afterEach, describe, expect, it } from 'vitest';
import { httpEvent } from '../../support/events.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { register } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';
import { type Call, toldBy } from './told.ts';

const faults = (body: Record<string, unknown>) =>
  fetch(`${shared.now.dataApiUrl}/_control/faults`, { method: 'POST', body: JSON.stringify(body) });

afterEach(async () => {
  await faults({});
});

const beat = (token: string, id: string, rest: Record<string, unknown> = {}): Call => ({
  name: 'heartbeat',
  event: httpEvent('POST /registry/heartbeat', {
    token,
    body: { workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds: 60, ...rest },
  }),
});

/** A workspace that is online, and what is declared there: its token too. */
async function beating() {
  const made = await makeWorkspace();
  const token = await made.token('runtime');
  await register(token, { id: made.id, boot_id: 'b1' });
  return { id: made.id, token };
}

describe('what a heartbeat costs', () => {
  it('that changes nothing is no line and no metric', async () => {
    const { id, token } = await beating();
    const { all, answers } = await toldBy([beat(token, id), beat(token, id), beat(token, id, { error_rate: 0.2 })]);
    expect(answers).toMatchObject([{ statusCode: 200 }, { statusCode: 200 }, { statusCode: 200 }]);
    expect(all).toBe('');
  });

  it('with a forged token is no line; a flood of them is one metric, told at the first', async () => {
    const { id, token } = await beating();
    const forged = `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(43)}`;
    const { answers, lines, metrics, rest } = await toldBy(Array.from({ length: 50 }, () => beat(forged, id)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer).includes('"statusCode":401')))).toEqual(
      new Set([true]),
    );
    expect([lines, rest]).toEqual([[], []]);
    expect(metrics).toMatchObject([{ AuthenticationFailures: 1, service: 'muster-test' }]);
  });

  it('that finds no database is a line that names its call and its workspace, and one metric', async () => {
    const { id, token } = await beating();
    const event = httpEvent('POST /registry/heartbeat', {
      token,
      body: { workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds: 60 },
    });
    await faults({ unavailable: true });
    const { answers, lines, metrics } = await toldBy([
      { name: 'heartbeat', event },
      { name: 'heartbeat', event },
    ]);
    expect(answers).toMatchObject([{ statusCode: 503 }, { statusCode: 503 }]);
    const { requestId } = event.requestContext;
    const line = { level: 'ERROR', service: 'muster-test', requestId, workspaceId: id, generation: 1 };
    expect(lines).toMatchObject([line, line]);
    expect(metrics).toMatchObject([{ DatabaseUnavailable: 1 }]);
  });
});

describe('what a run of a job costs', () => {
  const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event' };

  it('is one summary, one line of gauges and one of its database calls, and that it came to its end', async () => {
    const { lines, metrics, rest } = await toldBy([
      { name: 'liveness', event: scheduled },
      { name: 'reconcile', event: scheduled },
      { name: 'reconcile', event: { 'detail-type': 'Scheduled Event' } },
    ]);
    expect(rest).toEqual([]);
    expect(lines.map(({ message }) => message).filter((message) => message !== 'events')).toEqual([
      'liveness',
      'reconcile',
      'reconcile',
    ]);
    for (const line of lines) expect(line['requestId']).toEqual(expect.any(String));
    expect(metrics.filter((line) => 'FleetOnline' in line)).toHaveLength(1);
    expect(metrics.filter((line) => 'DatabaseCallTime' in line)).toHaveLength(3);
    expect(metrics.filter((line) => 'LivenessRuns' in line)).toHaveLength(1);
    // Only what the schedule began counts as a run of it.
    expect(metrics.filter((line) => 'ReconcileRuns' in line)).toHaveLength(1);
  });

  it('for one workspace names it in its line', async () => {
    const { id } = await makeWorkspace();
    const { lines } = await toldBy([{ name: 'reconcile', event: { workspace_id: id } }]);
    expect(lines).toMatchObject([{ message: 'reconcile', workspaceId: id }]);
  });

  it('that fails tells how long its calls took all the same, and is no run', async () => {
    await faults({ unavailable: true });
    const { answers, lines, metrics } = await toldBy([{ name: 'reconcile', event: scheduled }]);
    expect(answers).toEqual([null]);
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'reconcile failed' }]);
    expect(metrics.flatMap((line) => Object.keys(line).filter((key) => /^[A-Z]/.test(key)))).toEqual(
      expect.arrayContaining(['DatabaseUnavailable', 'DatabaseCallTime']),
    );
    expect(metrics.some((line) => 'ReconcileRuns' in line)).toBe(false);
  });
});
