/** What the function `sweep` answers a dry run of a calm fleet. */
export const calm = {
  dry_run: true,
  workspaces: 1,
  verdicts: { alive: 1, stopped: 0, gone: 0, absent: 0, unknown: 0 },
  would_change: 0,
  held: 0,
  absences_not_proved: 0,
  unlisted: [],
  ec2: { made: 1, throttled: 0, failed: 0 },
  changes: [],
  not_shown: 0,
};
