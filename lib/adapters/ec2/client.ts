import { EC2Client } from '@aws-sdk/client-ec2';

/** The EC2 client. EC2 may take 8 s for an answer; what is not learnt now is asked again by the next run. */
export function createEc2Client(): EC2Client {
  return new EC2Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
}
