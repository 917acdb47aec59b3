/** An account and a Region that a stack could be in. */
export type Place = {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly stack: string;
};

/** The properties of a resource of which names are made. */
type Names = { readonly nameIn: (property: string) => string | undefined };

const NAME_OF: Readonly<Record<string, string>> = {
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SecretsManager::Secret': 'Name',
};

/** The ARN of a resource, for the types whose ARNs stand in rights and settings. */
const ARNS: Readonly<Record<string, (name: string, place: Place) => string>> = {
  'AWS::Events::Rule': (name, place) => arn('events', place, `rule/${name}`),
  'AWS::IAM::Role': (name, { partition, account }) => `arn:${partition}:iam::${account}:role/${name}`,
  'AWS::KMS::Key': (name, place) => arn('kms', place, `key/${name}`),
  'AWS::Lambda::Function': (name, place) => arn('lambda', place, `function:${name}`),
  'AWS::Logs::LogGroup': (name, place) => arn('logs', place, `log-group:${name}:*`),
  'AWS::RDS::DBCluster': (name, place) => arn('rds', place, `cluster:${name}`),
  'AWS::S3::Bucket': (name, { partition }) => `arn:${partition}:s3:::${name}`,
  'AWS::SNS::Topic': (name, place) => arn('sns', place, name),
  'AWS::SQS::Queue': (name, place) => arn('sqs', place, name),
  'AWS::SecretsManager::Secret': (name, place) => arn('secretsmanager', place, `secret:${name}-AbCdEf`),
};

const arn = (service: string, { partition, region, account }: Place, rest: string) =>
  `arn:${partition}:${service}:${region}:${account}:${rest}`;

/** What `Ref` answers for a resource. */
export function physicalIdOf(id: string, type: string, names: Names, place: Place): string {
  const name = nameOf(id, type, names, place);
  switch (type) {
    case 'AWS::SecretsManager::Secret':
    case 'AWS::SNS::Topic':
      return ARNS[type]?.(name, place) ?? name;
    case 'AWS::SQS::Queue':
      return `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
    default:
      return name;
  }
}

/** What `Fn::GetAtt` answers for a resource. */
export function attributeOf(id: string, type: string, names: Names, attribute: string, place: Place): string {
  const name = nameOf(id, type, names, place);
  switch (attribute) {
    case 'Arn':
    case 'DBClusterArn':
    case 'TopicArn':
      return ARNS[type]?.(name, place) ?? arn(type.split('::')[1]?.toLowerCase() ?? '', place, name);
    case 'Id':
      return physicalIdOf(id, type, names, place);
    case 'MasterUserSecret.SecretArn':
      return arn('secretsmanager', place, `secret:rds!cluster-${name}-AbCdEf`);
    case 'ApiEndpoint':
      return `https://${name}.execute-api.${place.region}.amazonaws.com`;
    case 'FunctionUrl':
      return `https://${name}.lambda-url.${place.region}.on.aws/`;
    case 'QueueName':
    case 'RuleName':
      return name;
    default:
      return `${name}.${attribute}`;
  }
}

function nameOf(id: string, type: string, names: Names, { stack }: Place): string {
  const property = NAME_OF[type];
  const given = property === undefined ? undefined : names.nameIn(property);
  const made = `${stack}-${id}`;
  return given ?? (type === 'AWS::S3::Bucket' || type.startsWith('AWS::ApiGateway') ? made.toLowerCase() : made);
}

/** What `Ref` answers for what CloudFormation itself knows. */
export function pseudoParameter(name: string, { account, region, partition, stack }: Place): string | undefined {
  switch (name) {
    case 'AWS::AccountId':
      return account;
    case 'AWS::Partition':
      return partition;
    case 'AWS::Region':
      return region;
    case 'AWS::StackName':
      return stack;
    case 'AWS::StackId':
      return `arn:${partition}:cloudformation:${region}:${account}:stack/${stack}/1`;
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    default:
      return undefined;
  }
}
