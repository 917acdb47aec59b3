import { describe, expect, it } from 'vitest';
import { CONFIG, readConfig } from '../../../lib/config.ts';

const database = {
  DATABASE_CLUSTER_ARN: 'arn:aws:rds:us-east-1:1:cluster:c',
  DATABASE_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:1:secret:s',
  DATABASE_NAME: 'muster',
};

describe('the configuration', () => {
  it('reads a section', () => {
    expect(readConfig(CONFIG.database, database)).toMatchObject({ name: 'muster' });
  });

  it.each([
    [CONFIG.database, { ...database, DATABASE_NAME: undefined }, 'Configuration: DATABASE_NAME is missing'],
    [
      CONFIG.database,
      { ...database, DATABASE_CLUSTER_ARN: 'cluster' },
      'Configuration: DATABASE_CLUSTER_ARN is not an ARN',
    ],
    [CONFIG.tokens, {}, 'Configuration: TOKEN_SECRET_ID is missing'],
    [CONFIG.artefacts, {}, 'Configuration: AWS_REGION is missing'],
    [
      CONFIG.artefacts,
      { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: 'nowhere' },
      'Configuration: AWS_ENDPOINT_URL_S3 is not a URL',
    ],
    [CONFIG.pace, { BASE_PACE_EC2_SECONDS: '0' }, 'Configuration: BASE_PACE_EC2_SECONDS is under 1'],
    [
      CONFIG.sources,
      { ALLOW_LOOPBACK_SOURCES: 'yes' },
      'Configuration: ALLOW_LOOPBACK_SOURCES is neither true nor false',
    ],
    [
      CONFIG.launch,
      { REGISTRY_URL: 'nowhere', LAUNCH_TEMPLATE_ID: 'x' },
      'Configuration: REGISTRY_URL is not a URL; LAUNCH_TEMPLATE_ID is not a launch template id (lt-…)',
    ],
  ])('that is wrong stops with one line: %#', (section, env, line) => {
    expect(() => readConfig(section, env)).toThrow(new Error(line));
  });

  it('lets no source be on loopback and names no subnet unless it is told to', () => {
    expect(readConfig(CONFIG.sources, {})).toEqual({ allowLoopbackSources: false });
    const launch = { REGISTRY_URL: 'https://r.example', LAUNCH_TEMPLATE_ID: 'lt-0' };
    expect(readConfig(CONFIG.launch, launch)).toMatchObject({ subnetIds: [] });
  });

  it('signs links for the Region that it runs in, and for S3 itself unless it is told of another', () => {
    expect(readConfig(CONFIG.artefacts, { AWS_REGION: 'eu-west-1' })).toEqual({ region: 'eu-west-1' });
    const local = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' };
    expect(readConfig(CONFIG.artefacts, local)).toEqual({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9' });
  });

  it.each(['https://id.lambda-url.us-east-1.on.aws/', 'http://127.0.0.1:9/', 'http://localhost:9', 'http://[::1]:9/'])(
    'takes %s for a place to beat at',
    (HEARTBEAT_URL) => expect(readConfig(CONFIG.heartbeatUrl, { HEARTBEAT_URL })).toBe(HEARTBEAT_URL),
  );

  it.each([
    'http://beats.example/',
    'https://user@beats.example/',
    'https://:secret@beats.example/',
    'ftp://127.0.0.1/',
  ])('takes %s for no place to beat at', (HEARTBEAT_URL) =>
    expect(() => readConfig(CONFIG.heartbeatUrl, { HEARTBEAT_URL })).toThrow(
      new Error('Configuration: HEARTBEAT_URL is neither https nor http to loopback, or names a user'),
    ),
  );

  it('has no place of its own to beat at unless it is told one', () => {
    expect(readConfig(CONFIG.heartbeatUrl, {})).toBeUndefined();
    expect(readConfig(CONFIG.heartbeatUrl, { HEARTBEAT_URL: '' })).toBeUndefined();
    expect(() => readConfig(CONFIG.heartbeatUrl, { HEARTBEAT_URL: 'nowhere' })).toThrow('HEARTBEAT_URL is not a URL');
  });

  it('has a default for every pace', () => {
    expect(readConfig(CONFIG.pace, {})).toMatchObject({ base_pace_ec2_seconds: 60, base_pace_external_seconds: 30 });
    expect(readConfig(CONFIG.pace, { BASE_PACE_EC2_SECONDS: '10' })).toMatchObject({ base_pace_ec2_seconds: 10 });
  });
});
