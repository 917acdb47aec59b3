import { describe, expect, it } from 'vitest';
import type { NewWorkspace } from '../../../lib/domain/workspace.ts';
import { makeWorkspace, rowOf } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const opened = (id: string, secondsAgo: number) =>
  sql(
    `UPDATE heartbeats SET bootstrap_open = true, bootstrap_opened_at = now() - make_interval(secs => :s::integer)
     WHERE workspace_id = :id::uuid`,
    { id, s: secondsAgo },
  );

describe('a bootstrap token that was opened a minute ago', () => {
  it.each<readonly [of: string, uptime: number, options: Partial<NewWorkspace>, open: boolean, why: string]>([
    ['an instance', 5000, {}, true, 'the boot that it was opened for is still to come'],
    ['an instance', 20, {}, false, 'its boot is there'],
    ['an external runtime', 5000, { launch: null, restartPolicy: 'never' }, false, 'nobody boots it'],
  ])(
    'is open after a beat of %s whose process is %i s old (%o): %s, because %s',
    async (_, uptime_seconds, options, open) => {
      const made = await makeWorkspace({ status: 'online', ...options });
      await opened(made.id, 60);
      expect((await heartbeat(await made.token('runtime'), made.id, { uptime_seconds })).status).toBe(200);
      expect(await rowOf(made.id)).toMatchObject({ bootstrap_open: open });
      const { status } = await register(await made.token('bootstrap'), { id: made.id, boot_id: 'b2' });
      expect(status).toBe(open ? 200 : 401);
    },
  );

  it('stays closed, once a beat has closed it, whatever a late one of the old process says', async () => {
    const made = await makeWorkspace({ status: 'online' });
    await opened(made.id, 60);
    const token = await made.token('runtime');
    await heartbeat(token, made.id, { uptime_seconds: 20 });
    await heartbeat(token, made.id, { uptime_seconds: 5000 });
    expect(await rowOf(made.id)).toMatchObject({ bootstrap_open: false });
  });
});
