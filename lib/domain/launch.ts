/** The launch parameters that are frozen in the workspace's row for a generation. */
export type LaunchSpec = {
  readonly launch_template_id: string;
  /** The template's version, as a number in text; rows of before it was frozen lack it, which means the default. */
  readonly launch_template_version?: string | undefined;
  readonly subnet_id?: string | undefined;
};

export type LaunchRequest = {
  readonly registryId: string;
  readonly workspaceId: string;
  readonly generation: number;
  readonly name: string;
  readonly spec: LaunchSpec;
  /** The part of the user data that is ours (`bootstrapPart`): the adapter joins it to the template's. */
  readonly bootstrap: string;
  /** Whether this generation may have been launched already: it is looked for before anything is started. */
  readonly resumed: boolean;
};

export type LaunchedInstance = {
  readonly instanceId: string;
  readonly zone: string | null;
  /** Whether it can be stopped and started again, with its disk: else a pause ends it. */
  readonly stoppable: boolean;
  /** When EC2 launched it, which may be before this launch: the client token of an earlier one answers its instance. */
  readonly launchedAt?: string | undefined;
};

/**
 * Why EC2 definitely started nothing. capacity and throttled pass by themselves; quota and permission need an operator
 * of the account; template and subnet are wrong in the request or the configuration; other is what has no name here.
 */
export const LAUNCH_REFUSALS = ['capacity', 'throttled', 'quota', 'permission', 'template', 'subnet', 'other'] as const;

export type LaunchRefusal = (typeof LAUNCH_REFUSALS)[number];

/** EC2 definitely started nothing. `awsCode` is EC2's own error code. */
export class LaunchRefused extends Error {
  readonly refusal: LaunchRefusal;
  readonly awsCode: string;

  constructor(refusal: LaunchRefusal, awsCode: string, options?: ErrorOptions) {
    super(`EC2 refused the launch: ${awsCode}`, options);
    this.name = 'LaunchRefused';
    this.refusal = refusal;
    this.awsCode = awsCode;
  }
}

/** EC2 did not say whether it started the instance: nothing may be ended or failed for it. */
export class LaunchUnknown extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`it is not known whether EC2 started the instance: ${reason}`, options);
    this.name = 'LaunchUnknown';
  }
}

/** This generation's client token is spent: EC2 gave back an instance that is no longer alive. */
export class LaunchSpent extends Error {
  readonly instanceId: string;

  constructor(instanceId: string) {
    super(`this generation was launched already, and its instance ${instanceId} is dead`);
    this.name = 'LaunchSpent';
    this.instanceId = instanceId;
  }
}

/**
 * Starts one instance and hands it to `finalise`, which must record it: an instance that is launched and not finalised
 * cannot be expressed. The same workspace and generation never start a second one.
 * @throws LaunchRefused when EC2 answered that it started nothing, LaunchUnknown when it did not say, LaunchSpent when
 * the generation's instance is dead already, and what `finalise` throws
 */
export type Launch = <Result>(
  request: LaunchRequest,
  finalise: (instance: LaunchedInstance) => Promise<Result>,
) => Promise<Result>;

/** Names the version of a launch template that is its default now, so that it can be frozen. */
export type LaunchTemplates = {
  /** @throws LaunchRefused for a template that does not exist or may not be read, LaunchUnknown when EC2 did not say */
  freeze(spec: LaunchSpec): Promise<LaunchSpec>;
};
