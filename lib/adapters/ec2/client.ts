import { EC2Client } from '@aws-sdk/client-ec2';

/**
 * The EC2 client. EC2 may take 8 s for an answer; what is not learnt now is asked again by the next run.
 * @param maxAttempts 1 where the caller repeats by itself
 */
export function createEc2Client(maxAttempts = 3): EC2Client {
  return new EC2Client({
    maxAttempts,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
}
