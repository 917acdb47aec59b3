import type { LambdaServer } from './lambda-server.ts';
import type { RunServers } from './provided.ts';

type Surroundings = {
  readonly databaseName: string;
  readonly ec2Url: string;
  readonly dataApiUrl: string;
  readonly lambda: LambdaServer;
  readonly postgres: RunServers['postgres'];
  readonly owner: RunServers['owner'];
  readonly application: RunServers['application'];
};

let surroundings: Surroundings | undefined;

/** What worker-database.ts started for this test file. */
export const shared = {
  start(started: Surroundings): void {
    surroundings = started;
  },
  get now(): Surroundings {
    if (surroundings === undefined) throw new Error('this file runs outside the integration project');
    return surroundings;
  },
};
