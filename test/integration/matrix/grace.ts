import { sql } from '../../support/sql.ts';

/** Begins or ends the grace after an outage of our own. */
export const setGrace = (isOn: boolean) =>
  sql('UPDATE sweep_state SET grace_until = :until::timestamptz', { until: isOn ? '2099-01-01' : '-infinity' });
