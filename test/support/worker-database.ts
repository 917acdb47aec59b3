import { useLocalAws } from './local-aws.ts';
import { CLUSTER_ARN, LAUNCH_TEMPLATE_ID, SECRET_ARN, TOKEN_SECRET_ID } from './provided.ts';
import { shared } from './shared.ts';
import { beginAnew, worker } from './worker-servers.ts';

const { dataApi, databaseName, ec2, lambda, servers } = worker;
await beginAnew();
useLocalAws({ dataApi: dataApi.url, secrets: servers.secrets, ec2: ec2.url, lambda: lambda.url });
Object.assign(process.env, {
  DATABASE_CLUSTER_ARN: CLUSTER_ARN,
  DATABASE_SECRET_ARN: SECRET_ARN,
  DATABASE_NAME: databaseName,
  TOKEN_SECRET_ID,
  REGISTRY_URL: 'http://127.0.0.1:1',
  LAUNCH_TEMPLATE_ID,
  RECONCILE_FUNCTION_NAME: 'muster-test-reconcile',
  CONVERGE_FUNCTION_NAME: 'muster-test-converge',
  ALLOW_LOOPBACK_SOURCES: 'true',
  BUILD_SHA: 'test',
  BUILD_VERSION: '0.0.0',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
});
shared.start({
  databaseName,
  ec2Url: ec2.url,
  dataApiUrl: dataApi.url,
  lambda,
  postgres: servers.postgres,
  owner: servers.owner,
  application: servers.application,
});
