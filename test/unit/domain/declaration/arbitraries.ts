import fc from 'fast-check';
import type { Config, Json } from '../../../../lib/domain/declaration/config.ts';
import { type DeclaredPlugin, declarationSchema } from '../../../../lib/domain/declaration/document.ts';

// A counterexample is made small for as long as a test may take, not for minutes.
fc.configureGlobal({ interruptAfterTimeLimit: 20_000 });

export const schema = declarationSchema({ allowLoopbackSources: false });

/** Few, so that two documents share some; many of them, names that every object has from its prototype. */
export const KEYS = ['a', 'b', 'db.host', '10', '2', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'] as const;
const NAMES = ['a', 'b', 'seo-all', 'constructor', '10', '2'] as const;

export const SHA256 = ['0', '1', 'f'].map((digit) => digit.repeat(64));
export const SOURCES = ['https://example.com/a.tgz', 'https://example.com/b.tgz', 's3://bucket/a.tgz'];

/** A declared plugin as a test needs it. */
export const plugin = (differing: Partial<DeclaredPlugin>): DeclaredPlugin => ({
  name: 'a',
  version: '1.0.0',
  source: 'https://example.com/a.tgz',
  sha256: '0'.repeat(64),
  ...differing,
});

const key = fc.constantFrom(...KEYS);

const number = fc.oneof(
  fc.constantFrom(0, -0, 1, 100, 1.5, -1, 1e-6, Number.MAX_SAFE_INTEGER),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
    .map((value) => (Math.abs(value) < 1e-6 ? 0 : value)),
);

const text = fc.oneof(fc.constantFrom('', '1', 'null', 'é', 'e\u0301'), fc.string({ unit: 'binary', maxLength: 4 }));

const scalar = fc.oneof(fc.constant(null), fc.boolean(), number, text);

/** Any JSON that a configuration may have under a key. */
export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const config: fc.Arbitrary<Config> = fc.dictionary(key, json, { maxKeys: 4, noNullPrototype: true });

const flags = fc.record({ required: fc.constant(true), destructive: fc.constant(true) }, { requiredKeys: [] });

/** A version that semver knows, most of them near each other. */
const semver = fc
  .tuple(
    fc.constantFrom('0.1.0', '0.1.1', '0.2.0', '1.0.0', '1.0.1', '1.1.0', '2.0.0'),
    fc.constantFrom('', '', '-a', '-a.1', '-b'),
    fc.constantFrom('', '', '+1', '+2'),
  )
  .map((parts) => parts.join(''));

/** Any version that a declaration may name. */
export const version = fc.oneof(
  semver,
  fc.constantFrom('1', '1.0', 'v1.0.0', '01.0.0', '2024-01-01', 'latest', '1.0.0-01', '1.0.0+'),
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,9}$/),
);

const anyPlugin = fc
  .record({
    name: fc.constantFrom(...NAMES),
    version,
    source: fc.constantFrom(...SOURCES),
    sha256: fc.constantFrom(...SHA256),
    config: fc.option(config, { nil: undefined }),
  })
  .chain(({ config = {}, ...rest }) =>
    fc
      .subarray(Object.keys(config))
      .chain((keys) => fc.tuple(...keys.map((marked) => flags.map((flag) => [marked, flag] as const))))
      .map((marks) => ({ ...rest, config, config_marks: Object.fromEntries(marks) })),
  );

/** Any declaration, in the form that the schema gives. */
export const declaration = fc
  .uniqueArray(anyPlugin, { selector: ({ name }) => name, maxLength: 4 })
  .map((plugins) => schema.parse({ plugins }));
