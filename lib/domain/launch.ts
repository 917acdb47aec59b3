/** The launch parameters that are frozen in the workspace's row for a generation. */
export type LaunchSpec = {
  readonly launch_template_id: string;
  readonly subnet_id?: string | undefined;
};

export type LaunchRequest = {
  readonly registryId: string;
  readonly workspaceId: string;
  readonly generation: number;
  readonly name: string;
  readonly spec: LaunchSpec;
  /** The whole user data document, not yet base64. */
  readonly userData: string;
};

export type LaunchedInstance = {
  readonly instanceId: string;
  readonly zone: string | null;
};

/** Why EC2 definitely started nothing. `awsCode` is EC2's own error code. */
export class LaunchRefused extends Error {
  readonly awsCode: string;

  constructor(awsCode: string, options?: ErrorOptions) {
    super(`EC2 refused the launch: ${awsCode}`, options);
    this.name = 'LaunchRefused';
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

/**
 * Starts one instance and hands it to `finalise`, which must record it: an instance that is launched and not finalised
 * cannot be expressed. The same workspace and generation never start a second one.
 * @throws LaunchRefused when EC2 answered that it started nothing, LaunchUnknown when it did not say, and what
 * `finalise` throws
 */
export type Launch = <Result>(
  request: LaunchRequest,
  finalise: (instance: LaunchedInstance) => Promise<Result>,
) => Promise<Result>;
