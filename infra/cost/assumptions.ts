/** What no price list and no file of this checkout says. Each is meant to be a little more than the truth. */
export const ASSUMED = {
  hours: 730,
  seconds: 730 * 3_600,
  beat: {
    // A warm call of the Data API and a little reckoning at a seventh of a processor, cold starts spread over all calls.
    billedMs: 30,
    // Head and body, as sent.
    answerBytes: 1_000,
    // Each commit is one write of the log; a HOT update touches no index.
    ios: 1,
  },
  // What Lambda writes for each call by itself (START, END, REPORT), and CloudWatch's 26 bytes for each of them.
  platformLogBytes: 330,
  // What a function would write for each beat that tells of it: a structured line, and a metric as a line of its own.
  chattyLogBytes: 500 + 600,
  // Lambda traces the first call of each second, and this share of the others.
  traceShare: 0.05,
  runs: {
    // Of reconcile, converge, liveness: each minute.
    other: { each: 3, billedMs: 150, msPerThousand: 5, dataApiCalls: 3 },
    sweep: { billedMs: 500, msPerThousand: 250, dataApiCalls: 5, callsPerThousand: 1 },
    logBytes: 1_500,
    perMonth: 730 * 60,
  },
  // What a workspace goes through in a month beside beating: each a launch, a register, its plan, what EC2 tells of it.
  boots: 4,
  boot: { httpCalls: 16, functionCalls: 10, billedMs: 300, dataApiCalls: 30, ios: 60, logBytes: 8_000, events: 12 },
  workspaceBytes: 8_000,
  eventBytes: 700,
  eventMonths: 13,
  // Aurora's smallest volume.
  smallestVolumeGb: 10,
  // A quarter of a processor each, and a call of the Data API costs the database some 1.25 ms of one.
  callsPerSecondAndAcu: 200,
  // A warm container reads the signing keys each five minutes.
  secretReadsPerContainerHour: 12,
  containersAtLeast: 5,
  // Of the metrics that are told only when something happens: in how many of the hours.
  seldomShare: 0.1,
  pair: {
    diskGb: 20,
    databaseGb: 20,
    logsGb: 2,
    addresses: 4,
    secrets: 2,
    // Each beat is a connection of its own: 25 new ones a second are one unit of the balancer.
    connectionsPerUnit: 25,
    // Up to so many beats a second.
    smallDatabase: 150,
    mediumDatabase: 400,
    smallInstances: 300,
  },
} as const;
