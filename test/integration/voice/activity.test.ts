import { describe, expect, it } from 'vitest';
import { makeWorkspace } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

/** An online workspace of boot b1 that has rested for an hour. */
const resting = async (activeTasks: number, currentTask: string | null) => {
  const made = await makeWorkspace();
  const token = await made.token('runtime');
  await register(token, { id: made.id, boot_id: 'b1' });
  await sql(
    `UPDATE heartbeats SET busy_at = now() - interval '1 hour', active_tasks = :tasks::integer,
       current_task = :task::text WHERE workspace_id = :id::uuid`,
    { id: made.id, tasks: activeTasks, task: currentTask },
  );
  return { id: made.id, token };
};

const secondsSinceBusy = async (id: string) => {
  const [row] = await sql(
    `SELECT extract(epoch FROM clock_timestamp() - busy_at)::integer AS seconds FROM heartbeats
     WHERE workspace_id = :id::uuid`,
    { id },
  );
  return Number(row?.['seconds']);
};

describe('a workspace is busy', () => {
  it.each([
    ['it has a task', 0, null, { active_tasks: 1 }, true],
    ['it has the same tasks as before', 2, 'crawl', { active_tasks: 2, current_task: 'crawl' }, true],
    ['its last task has ended', 1, null, {}, true],
    ['it names a task', 0, null, { current_task: 'crawl' }, true],
    ['it names another task', 0, 'crawl', { current_task: 'index' }, true],
    ['it names no task any more', 0, 'crawl', {}, true],
    ['it only beats, since a heartbeat is no activity', 0, null, {}, false],
    ['it only beats, and still names its last task', 0, 'crawl', { current_task: 'crawl' }, false],
    ['it only beats, and badly', 0, null, { error_rate: 1, runtime_state: 'wedged' }, false],
  ] as const)('when %s (%i tasks, %s; then %o): %s', async (_, tasks, task, beat, busy) => {
    const { id, token } = await resting(tasks, task);
    expect((await heartbeat(token, id, beat)).status).toBe(200);
    const seconds = await secondsSinceBusy(id);
    if (busy) expect(seconds).toBeLessThan(60);
    else expect(seconds).toBeGreaterThanOrEqual(3600);
  });

  it.each([
    ['b2', true],
    ['b1', false],
    [undefined, false],
  ] as const)('when it registers after b1 as %s: %s', async (boot_id, busy) => {
    const { id, token } = await resting(0, null);
    expect((await register(token, { id, boot_id })).status).toBe(200);
    const seconds = await secondsSinceBusy(id);
    if (busy) expect(seconds).toBeLessThan(60);
    else expect(seconds).toBeGreaterThanOrEqual(3600);
  });
});
