/** The state names of an instance with EC2's codes (API_InstanceState). */
export const stateCodes = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const;

export type StateName = keyof typeof stateCodes;

/** Why an instance is where it is: `{ code: 'Client.UserInitiatedShutdown', message: '…' }`. */
export type StateReason = { readonly code: string; readonly message: string };

export const markets = ['on-demand', 'spot-one-time', 'spot-persistent'] as const;
export const rootDeviceTypes = ['ebs', 'instance-store'] as const;

/** What one RunInstances fixed for all of its instances. */
export type Launch = {
  readonly reservationId: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly subnetId: string;
  readonly clientToken: string | undefined;
  /** base64, as on the wire */
  readonly userData: string | undefined;
  readonly market: (typeof markets)[number];
  readonly rootDeviceType: (typeof rootDeviceTypes)[number];
  /** MetadataOptions.InstanceMetadataTags=enabled: without it IMDS knows no tags, as on EC2 */
  readonly tagsInMetadata: boolean;
};

/** What DescribeInstanceStatus tells of an instance that runs. */
export type Health = { readonly system: HealthStatus; readonly instance: HealthStatus };
export const healthStatuses = ['ok', 'impaired', 'insufficient-data', 'initializing'] as const;
export type HealthStatus = (typeof healthStatuses)[number];

/** What a change of state changes of an instance. */
export type Condition = {
  state: StateName;
  stateReason: StateReason | undefined;
  stateTransitionReason: string;
  /** of the last start, as on EC2 */
  launchTime: Date;
};

/** A condition that is over since `endedAt`, in milliseconds of the clock. */
export type PastCondition = Readonly<Condition> & { readonly endedAt: number };

/** One instance. `sequence` orders listings; `epoch` counts state changes, so that what was planned before one is void. */
export type Instance = Condition & {
  readonly id: string;
  readonly sequence: number;
  readonly launch: Launch;
  readonly launchIndex: number;
  readonly privateIp: string;
  readonly tags: Map<string, string>;
  epoch: number;
  health: Health;
  /** when there began to be such an instance, in milliseconds of the clock */
  createdAt: number;
  /** oldest first; fleet/past.ts keeps it */
  past: readonly PastCondition[];
  /** no caller of EC2 is shown it before this time, in milliseconds of the clock; it lives all the same */
  hiddenUntil: number;
};
