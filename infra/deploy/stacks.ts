import {
  type CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';

/** What CloudFormation knows of stacks. */
export type Stacks = {
  /** A stack's outputs by their name; undefined where there is no such stack. */
  outputs(stack: string): Promise<ReadonlyMap<string, string> | undefined>;
  /** The template that a stack was last deployed with; undefined where there is none. */
  template(stack: string): Promise<string | undefined>;
};

export function createStacks(client: CloudFormationClient): Stacks {
  return {
    outputs: (StackName) =>
      unlessMissing(async () => {
        const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
        const outputs = stack?.Outputs ?? [];
        return new Map(
          outputs.map(({ OutputKey = '', OutputValue = '' }): [string, string] => [OutputKey, OutputValue]),
        );
      }),
    template: (StackName) =>
      unlessMissing(async () => (await client.send(new GetTemplateCommand({ StackName }))).TemplateBody),
  };
}

/** CloudFormation has no error of its own for a stack that does not exist; its text has to decide. */
async function unlessMissing<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await ask();
  } catch (error) {
    const missing = error instanceof CloudFormationServiceException && error.name === 'ValidationError';
    if (missing && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}
