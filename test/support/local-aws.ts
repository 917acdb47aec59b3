/** Points the SDK's own variables at servers on loopback; nothing else tells the production code where it runs. */
export function useLocalAws(urls: { dataApi?: string; ec2?: string; lambda?: string; secrets?: string }): void {
  const variables = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_RDS_DATA: urls.dataApi,
    AWS_ENDPOINT_URL_EC2: urls.ec2,
    AWS_ENDPOINT_URL_LAMBDA: urls.lambda,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: urls.secrets,
  };
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined) process.env[name] = value;
  }
}
