type Template = { Parameters?: unknown };

/** What the framework hands to a plugin, as far as it is read here. */
type Serverless = {
  readonly service: {
    readonly provider: {
      readonly coreCloudFormationTemplate: Template;
      readonly compiledCloudFormationTemplate: Template;
    };
  };
};

/**
 * The framework makes a new stack of a template with nothing but its bucket, but sends the stack's parameters with it;
 * and CloudFormation refuses parameters that a template does not have. So it has them from the beginning.
 */
export default class FirstDeployment {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: Serverless) {
    this.hooks = {
      'before:aws:deploy:deploy:createStack': () => {
        // By then the framework has read the package, and put another object in the provider's place.
        const { provider } = serverless.service;
        provider.coreCloudFormationTemplate.Parameters = provider.compiledCloudFormationTemplate.Parameters;
      },
    };
  }
}
