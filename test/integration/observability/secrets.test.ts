import { afterEach, describe, expect, it } from 'vitest';
import { ec2Faults } from '../../support/ec2.ts';
import { SIGNING_SECRET } from '../../support/provided.ts';
import { shared } from '../../support/shared.ts';
import { errorPaths, FUNCTIONS } from './error-paths.ts';
import { toldBy } from './told.ts';

const AWS_SECRET = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY42';
const SESSION_TOKEN = 'IQoJb3JpZ2luX2VjEXAMPLESESSIONTOKEN0123456789';
const OURS = { AWS_SECRET_ACCESS_KEY: AWS_SECRET, AWS_SESSION_TOKEN: SESSION_TOKEN };

const dataApi = (body: Record<string, unknown>) =>
  fetch(`${shared.now.dataApiUrl}/_control/faults`, { method: 'POST', body: JSON.stringify(body) });

afterEach(async () => {
  await dataApi({});
  await ec2Faults({});
  shared.now.lambda.refuses = false;
});

/** A secret as it stands in a text, in an address, and in base64 wherever in the bytes it begins. */
function formsOf(secret: string): string[] {
  const inBase64 = [0, 1, 2].map((before) =>
    Buffer.from(`${'.'.repeat(before)}${secret}`)
      .toString('base64')
      .slice(4, -4),
  );
  return [secret, encodeURIComponent(secret), ...inBase64];
}

/** The signed parts of links, and the tokens, that functions have answered. */
const handedOut = (answers: readonly unknown[]) => {
  const text = JSON.stringify(answers).replaceAll('\\', '');
  return [
    ...[...text.matchAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g)].map(([token]) => token),
    ...[...text.matchAll(/X-Amz-Signature=(\w+)/g)].map(([, signature = '']) => signature),
  ];
};

const CONDITIONS: readonly (readonly [string, () => Promise<unknown>, Readonly<Record<string, string>>])[] = [
  ['all is well', async () => undefined, {}],
  ['the database is down', () => dataApi({ unavailable: true }), {}],
  [
    'EC2 refuses everything and no invoke is taken',
    async () => {
      shared.now.lambda.refuses = true;
      await ec2Faults({ errors: [{ code: 'UnauthorizedOperation' }] });
    },
    {},
  ],
  ['the signing keys cannot be had', async () => undefined, { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1' }],
];

describe('nothing that gives a right is written', () => {
  it.each(CONDITIONS)(
    'while %s, on the error paths of every function',
    async (condition, arrange, environment) => {
      const { calls, tokens } = await errorPaths();
      expect(new Set(calls.map(({ name }) => name))).toEqual(new Set(FUNCTIONS));
      await arrange();
      const { all, answers, lines, rest } = await toldBy(calls, { ...OURS, ...environment });

      const given = handedOut(answers);
      if (condition === 'all is well') expect(given.length).toBeGreaterThan(3);
      const { keys }: { keys: Record<string, string> } = JSON.parse(SIGNING_SECRET);
      const { application, owner } = shared.now;
      const secrets = [...tokens, ...given, ...Object.values(keys), application.password, owner.password];
      for (const secret of [...secrets, AWS_SECRET, SESSION_TOKEN].flatMap(formsOf)) expect(all).not.toContain(secret);
      // Nor did the net under the log have to catch anything.
      expect(all).not.toMatch(/\[token\]|\[removed\]|Authorization|user_?data/i);

      // What fails is told of, each line with its call; Lambda itself writes what a job throws.
      expect(lines.length).toBeGreaterThan(5);
      for (const line of lines)
        expect(line).toMatchObject({ requestId: expect.any(String), level: expect.any(String) });
      for (const line of rest) expect(line).toMatch(/^Invoke Error /);
    },
    120_000,
  );
});
