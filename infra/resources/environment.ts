import type * as z from 'zod';
import type { CONFIG } from '../../lib/config.ts';
import { getAtt, ref, sub, type Value, when } from './cloudformation.ts';
import { DEPLOYED, type Section } from './functions.ts';

/** What Lambda or the SDK sets by itself, on AWS or on one machine. */
type Given = `AWS_${string}`;

/** The variables of a section: all of them, and no other. */
type Variables = {
  readonly [S in Section]: Readonly<Record<Exclude<keyof z.input<(typeof CONFIG)[S]>, Given>, Value>>;
};

/** `--param name=value`, else what stands after the comma. */
const param = (name: string, otherwise = "''") => `\${param:${name}, ${otherwise}}`;

/** Variables that are set by the parameter of the same name; empty: the default of lib/config.ts. */
function knobs<const Name extends string>(...names: readonly Name[]): Record<Name, string>;
function knobs(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, param(name.toLowerCase().replaceAll('_', '-'))]));
}

const functionNamed = (name: string) => `\${self:service}-\${sls:stage}-${name}`;

/** What each variable of lib/config.ts is on AWS. */
const ON_AWS = {
  database: {
    DATABASE_CLUSTER_ARN: `\${self:custom.data.cluster}`,
    DATABASE_SECRET_ARN: `\${self:custom.data.applicationSecret}`,
    DATABASE_NAME: param('database-name', "'muster'"),
    DATABASE_BUDGET_MS: '',
  },
  tokens: { TOKEN_SECRET_ID: `\${self:custom.data.tokenSecret}` },
  reconcile: { RECONCILE_FUNCTION_NAME: functionNamed('reconcile') },
  converge: { CONVERGE_FUNCTION_NAME: functionNamed('converge') },
  launch: {
    REGISTRY_URL: when('HasDomain', sub(`https://\${DomainName}`), getAtt('HttpApi', 'ApiEndpoint')),
    LAUNCH_TEMPLATE_ID: ref('LaunchTemplateId'),
    SUBNET_IDS: param('instance-subnet-ids'),
  },
  heartbeatUrl: { HEARTBEAT_URL: when('HasHeartbeatUrl', getAtt('HeartbeatUrl', 'FunctionUrl'), '') },
  sources: { ALLOW_LOOPBACK_SOURCES: 'false' },
  artefacts: {},
  pace: knobs('BASE_PACE_EC2_SECONDS', 'BASE_PACE_EXTERNAL_SECONDS', 'TARGET_BEATS_PER_SECOND'),
  brake: knobs('BRAKE_FLOOR', 'BRAKE_SHARE'),
  grace: knobs('GAP_SECONDS', 'GRACE_SECONDS', 'OUTAGE_SHARE'),
  absence: knobs('ABSENCE_AGE_SECONDS', 'ABSENCE_CYCLES', 'ABSENCE_SECONDS'),
  hint: knobs('HINT_GATHER_MS'),
  sweepPace: knobs('SWEEP_CALLS_PER_SECOND', 'SWEEP_CALLS_AT_ONCE'),
  retention: { ARCHIVE_BUCKET: `\${self:custom.data.archiveBucket}`, ...knobs('EVENT_RETENTION_MONTHS') },
  build: { BUILD_SHA: `\${env:BUILD_SHA, 'unknown'}`, BUILD_VERSION: `\${file(package.json):version}` },
} as const satisfies Variables;

const onAws = (section: Section): Readonly<Record<string, Value>> => ON_AWS[section];

/** On one machine the values come from the process that starts the framework; only the names come from here. */
const onThisMachine = (section: Section): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    Object.entries(onAws(section)).map(([name, value]) => {
      const isSame = name === 'BUILD_VERSION' || name.endsWith('_FUNCTION_NAME');
      return [name, isSame ? value : `\${env:${name}, ''}`];
    }),
  );

/**
 * Milliseconds for which a function that nobody waits for may wait for a database that is waking up: where it pauses,
 * each run of a schedule begins so.
 */
const PATIENCE = { DATABASE_BUDGET_MS: '30000' } as const;

/**
 * Powertools names logs and metrics by the service: the stages of one account are told apart. `--enable-source-maps`
 * would name our own lines in stack traces, for 80 ms of every cold start (of some 200), hence only by choice.
 */
const OF_EVERY = {
  POWERTOOLS_SERVICE_NAME: `\${self:service}-\${sls:stage}`,
  NODE_OPTIONS: param('node-options'),
} as const;

const ofEach = (valuesOf: (section: Section) => Readonly<Record<string, Value>>, patience = {}) =>
  Object.fromEntries(
    DEPLOYED.map(({ name, reads, caller }) => [
      name,
      Object.assign({}, OF_EVERY, ...reads.map(valuesOf), caller === undefined ? patience : {}),
    ]),
  );

/** Each function's variables, by where it runs: exactly those that it reads. */
export const environment = { deployed: ofEach(onAws, PATIENCE), local: ofEach(onThisMachine) };
