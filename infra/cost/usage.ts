import { ASSUMED } from './assumptions.ts';
import type { Deployment } from './deployment.ts';
import { beatsPerSecond, type Fleet } from './fleet.ts';

/** How much of what AWS charges for a fleet uses in a month. */
export function usageOf(fleet: Fleet, deployment: Deployment) {
  const { beat, boot, runs, seconds } = ASSUMED;
  const rate = beatsPerSecond(fleet);
  const beats = rate * seconds;
  const boots = fleet.workspaces * ASSUMED.boots;
  const thousands = fleet.workspaces / 1_000;

  const scheduled = runs.perMonth * (1 + runs.other.each);
  const httpCalls = boots * boot.httpCalls;
  const functionCalls = beats + httpCalls + boots * boot.functionCalls + scheduled;
  const gb = deployment.memoryMb / 1_024;
  const gbSeconds =
    (gb * (beats * beat.billedMs + httpCalls * beat.billedMs + boots * boot.functionCalls * boot.billedMs)) / 1_000 +
    (gb * runs.perMonth * runs.other.each * (runs.other.billedMs + runs.other.msPerThousand * thousands)) / 1_000 +
    ((deployment.sweepMemoryMb / 1_024) *
      runs.perMonth *
      (runs.sweep.billedMs + runs.sweep.msPerThousand * thousands)) /
      1_000;

  const dataApiCalls =
    beats +
    boots * boot.dataApiCalls +
    runs.perMonth *
      (runs.other.each * runs.other.dataApiCalls +
        runs.sweep.dataApiCalls +
        runs.sweep.callsPerThousand * Math.ceil(thousands));
  const loggedBytes =
    (deployment.platformLogs ? functionCalls * ASSUMED.platformLogBytes : 0) +
    (fleet.chatty ? beats * ASSUMED.chattyLogBytes : 0) +
    scheduled * runs.logBytes +
    boots * boot.logBytes;
  const firstsOfTheirSecond = Math.min(rate, 1) * seconds;
  const containers = ASSUMED.containersAtLeast + (2 * rate * beat.billedMs) / 1_000;
  const events = boots * boot.events;
  const keptBytes = fleet.workspaces * ASSUMED.workspaceBytes + events * ASSUMED.eventMonths * ASSUMED.eventBytes;

  return {
    beats,
    gatewayRequests: httpCalls + (fleet.functionUrl ? 0 : beats),
    functionCalls,
    /** Schedules, invokes, events of EC2. */
    backgroundCalls: scheduled + boots * boot.functionCalls,
    gbSeconds,
    dataApiCalls,
    // Never less than what is kept ready.
    acus: Math.max(deployment.minCapacity, dataApiCalls / seconds / ASSUMED.callsPerSecondAndAcu),
    ios: beats * beat.ios + boots * boot.ios,
    volumeGb: Math.max(ASSUMED.smallestVolumeGb, keptBytes / 1e9),
    logsGb: loggedBytes / 1e9,
    traces: fleet.chatty ? firstsOfTheirSecond + (beats - firstsOfTheirSecond) * ASSUMED.traceShare : 0,
    secretReads: containers * ASSUMED.secretReadsPerContainerHour * ASSUMED.hours + dataApiCalls * fleet.secretReads,
    archiveGb: (events * 12 * ASSUMED.eventBytes) / 1e9,
    answersGb: (beats * beat.answerBytes) / 1e9,
  };
}
