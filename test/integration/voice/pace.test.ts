import { expect, it } from 'vitest';
import { makeWorkspace } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

it.each([
  ['an instance', {}, 10, 60, 180],
  ['an external runtime', { launch: null, restartPolicy: 'never' }, 10, 30, 90],
  ['an instance', {}, 50_000, 100, 300],
  ['an external runtime', { launch: null, restartPolicy: 'never' }, 50_000, 100, 300],
] as const)(
  '%s (%o) in a fleet of %i beats each %i s, and is believed for %i s',
  async (_, options, fleet, pace, lease) => {
    await sql('UPDATE sweep_state SET fleet_size = :fleet::integer', { fleet });
    const { id, token } = await makeWorkspace(options);
    const runtime = await token('runtime');
    for (const voice of [() => register(runtime, { id }), () => heartbeat(runtime, id)]) {
      const { body } = await voice();
      expect(Math.abs(body.next_heartbeat_in_s - pace)).toBeLessThanOrEqual(pace * 0.1);
      const rows = await sql('SELECT lease_seconds FROM heartbeats WHERE workspace_id = :id::uuid', { id });
      expect(rows).toEqual([{ lease_seconds: lease }]);
      await sql('UPDATE heartbeats SET lease_seconds = 1 WHERE workspace_id = :id::uuid', { id });
    }
  },
);
