/** The fault matrix is every one of EC2 with every one of DATABASE at every one of TIMES. */

/** How EC2's answers go wrong. `may`: a call may fail; where `fails` is set, those about it do, and no other. */
export type Ec2Fault = {
  readonly name: string;
  /** Of the local EC2 server: what its descriptions meet. */
  readonly faults?: (seed: number) => Record<string, unknown>;
  /** Which instances it does not name, or in which state of the past it names them. */
  readonly shows?: 'nothing' | 'no young ones' | 'the past';
  readonly fails?: 'may' | 'always' | 'us-east-1b';
  /** Milliseconds in which EC2 may be asked; long enough for all when absent. */
  readonly budgetMs?: number;
  /** Answers come in pages of so many, though nobody asked for it. */
  readonly pageSize?: number;
  readonly region?: 'us-west-2';
  /** A second sweep comes after the first, and no longer finds those that are alive and silent. */
  readonly vanishes?: true;
};

const always = (code: string, more: Record<string, unknown> = {}) => ({
  errors: [{ action: 'DescribeInstances', code, ...more }],
});
const late = (latencyMs: number) => ({ errors: [{ action: 'DescribeInstances', delay: true, latencyMs }] });

const EC2: readonly Ec2Fault[] = [
  { name: 'fine' },
  { name: 'slow', faults: () => late(80), fails: 'may', budgetMs: 300 },
  {
    name: 'throttled',
    faults: (seed) => always('RequestLimitExceeded', { share: seed % 2 === 0 ? 1 : 0.3 }),
    fails: 'may',
    budgetMs: 400,
  },
  { name: 'unauthorized', faults: () => always('UnauthorizedOperation'), fails: 'always' },
  { name: 'failing', faults: (seed) => always(seed % 2 === 0 ? 'InternalError' : 'Unavailable'), fails: 'always' },
  { name: 'empty', faults: () => ({ empty: true }), shows: 'nothing' },
  {
    name: 'with lost pages',
    faults: (seed) => ({ ...always('InternalError', { page: 'later', share: 0.4 }), seed }),
    fails: 'may',
    pageSize: 5,
  },
  { name: 'of another Region', shows: 'nothing', region: 'us-west-2' },
  {
    name: 'with one zone out',
    faults: () => always('Unavailable', { zone: 'us-east-1b' }),
    fails: 'us-east-1b',
  },
  { name: 'slow to know what was launched', shows: 'no young ones' },
  { name: 'naming again what was absent', vanishes: true },
  {
    name: 'answering from before the last start or replacement',
    shows: 'the past',
    faults: () => ({ staleMs: 60_000 }),
  },
];

/** What becomes of the sweep's statements. `from`: what the database does once EC2 has answered. */
export const DATABASE = ['fine', 'slow', 'down between look-up and write', 'losing answers after the commit'] as const;

export type DatabaseFault = (typeof DATABASE)[number];

export const TIMES = ['normal', 'a deadline in the middle', 'two sweeps at once', 'a crash after a write'] as const;

export type Time = (typeof TIMES)[number];

export type World = {
  readonly ec2: Ec2Fault;
  readonly database: DatabaseFault;
  readonly time: Time;
  /** Where this world differs from others of its kind. */
  readonly seed: number;
  /** Our own outage is just over, or comes to be noticed just before the absences are ended. */
  readonly grace?: 'before' | 'late';
};

/** Seeds go up within a kind of world, so that each variation meets each fault. */
export const WORLDS: readonly World[] = EC2.flatMap((ec2, e) =>
  DATABASE.flatMap((database, d) => TIMES.map((time, t) => ({ ec2, database, time, seed: e + 5 * d + t }))),
);

/** Beside the product: what counts towards a proof while a grace is on proves nothing yet. */
export const GRACE_WORLDS: readonly World[] = (['before', 'late'] as const).flatMap((grace) =>
  EC2.filter(({ fails }) => fails === undefined).map(
    (ec2, seed): World => ({ ec2, database: 'fine', time: 'normal', seed, grace }),
  ),
);

/** The brake's share: the smaller one makes the whole fleet wait where no zone has to. */
export const shareOf = ({ seed }: World) => (seed % 2 === 0 ? 0.1 : 0.05);

export const titleOf = ({ ec2, database, time, grace }: World) =>
  `EC2 ${ec2.name}, the database ${database}, ${time}${grace === undefined ? '' : `, with a grace from ${grace}`}`;
