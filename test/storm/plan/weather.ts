import fc from 'fast-check';
import type { FaultSettings } from '../../../infra/local/data-api/faults.ts';
import type { Fault, FaultState } from '../../../infra/local/ec2/control/fault-state.ts';

/** The faults that are set until the next weather: EC2's, the Data API's, and the share of EC2's events that is lost. */
export type Weather = {
  readonly ec2: FaultState;
  readonly dataApi: FaultSettings;
  readonly lostEvents: number;
};

export const CLEAR = { ec2: {}, dataApi: {}, lostEvents: 0 } as const satisfies Weather;

/** More than a storm can meet: what is left of it tells how often a fault was met. */
const UNLIMITED = 1_000_000;

const ACTING = ['RunInstances', 'StartInstances', 'StopInstances', 'RebootInstances', 'TerminateInstances'] as const;
const ANY = [...ACTING, 'DescribeInstances', 'DescribeLaunchTemplateVersions'] as const;

const shares = fc.integer({ min: 10, max: 60 }).map((percent) => percent / 100);
const times = fc.constant(UNLIMITED);
const ec2Faults: fc.Arbitrary<Fault> = fc.oneof(
  // EC2 says no, and has done nothing.
  fc.record({
    times,
    share: shares,
    action: fc.constant('RunInstances'),
    code: fc.constant('InsufficientInstanceCapacity'),
  }),
  fc.record({ times, share: shares, action: fc.constantFrom(...ANY), code: fc.constant('RequestLimitExceeded') }),
  // EC2 does not say: half of the time it has done it.
  fc.record({
    times,
    share: shares,
    action: fc.constantFrom(...ANY),
    code: fc.constantFrom('InternalError', 'Unavailable'),
    when: fc.constantFrom('before', 'after'),
    latencyMs: fc.constantFrom(0, 200, 1_000),
  }),
  // A caller waits for 10 s, and asks again: rare, or nothing else would happen.
  fc.record({
    times: fc.integer({ min: 1, max: 4 }),
    share: shares,
    action: fc.constantFrom(...ACTING),
    hang: fc.constant(true as const),
    when: fc.constantFrom('before', 'after'),
  }),
);

/** Parts of statements after which what EC2 did is known to the row, or is not. */
const STATEMENTS = ['INSERT INTO workspaces', 'launched_at = CASE', 'raised AS', 'ec2_op_asked_at = clock', 'told AS'];

const few = fc.integer({ min: 1, max: 12 });
const lostAnswers = fc.oneof(
  fc.record({ times: few }),
  fc.record({ times: few, status: fc.constantFrom(500 as const, 503 as const, 504 as const) }),
  fc.record({ times: few, matching: fc.constantFrom(...STATEMENTS) }),
);
const refusals = fc.record({ times: few, status: fc.constantFrom(500 as const, 503 as const, 504 as const) });

/** Each fault alone a part of the time, so that none hides the others. */
const sometimes = <T extends object>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Partial<T>> =>
  fc.oneof({ weight, arbitrary }, { weight: 10 - weight, arbitrary: fc.constant({}) });

const dataApiFaults: fc.Arbitrary<FaultSettings> = fc
  .tuple(
    sometimes(4, fc.record({ latencyMs: fc.integer({ min: 5, max: 250 }) })),
    sometimes(2, fc.record({ resumingForMs: fc.integer({ min: 500, max: 9_000 }) })),
    sometimes(3, fc.record({ failBeforeExecution: refusals })),
    sometimes(6, fc.record({ loseAnswer: lostAnswers })),
  )
  .map((parts) => Object.assign({}, ...parts));

const storms: fc.Arbitrary<Weather> = fc.record({
  ec2: fc.record({
    latencyMs: fc.constantFrom(0, 100, 400, 1_500, 3_000),
    seed: fc.nat({ max: 1_000_000 }),
    errors: fc.array(ec2Faults, { minLength: 1, maxLength: 7, size: 'max' }),
  }),
  dataApi: dataApiFaults,
  lostEvents: fc.constantFrom(0, 0.2, 0.5, 1),
});

export const weathers: fc.Arbitrary<Weather> = fc.oneof(
  { weight: 6, arbitrary: storms },
  { weight: 1, arbitrary: fc.constant(CLEAR) },
);
