import { expect, it } from 'vitest';
import { fitReport, type InstalledPlugin } from '../../../infra/agent/plugins/report.ts';

const digests = { sha256: 'a'.repeat(64), config_digest: 'b'.repeat(64) };
const failed = { version: '2.0.0', reason: 'x'.repeat(10) };
const many = (count: number, plugin: Omit<InstalledPlugin, 'name'>) =>
  Array.from({ length: count }, (_, index): InstalledPlugin => ({ name: `plugin-${1_000 + index}`, ...plugin }));
const bytes = (report: readonly InstalledPlugin[]): number => Buffer.byteLength(JSON.stringify(report));

it('leaves a report as it is that fits', () => {
  const report = [...many(200, { version: '1.0.0', ...digests, failed }), { name: 'z', version: null, failed }];
  expect(fitReport(report)).toEqual(report);
});

it('leaves out failures first: what is in place stays exact', () => {
  const report = fitReport(many(280, { version: '1.0.0', ...digests, failed }));
  expect(bytes(report)).toBeLessThan(60_000);
  expect(bytes(report)).toBeGreaterThan(59_000);
  expect(report).toHaveLength(280);
  expect(report.every(({ version, sha256, config_digest }) => version && sha256 && config_digest)).toBe(true);
  expect(report[0]?.failed).toEqual(failed);
  expect(report.at(-1)?.failed).toBeUndefined();
});

it('leaves out what is not in place rather than to say that nothing has failed there', () => {
  const report = fitReport([...many(290, { version: '1.0.0', ...digests }), ...many(200, { version: null, failed })]);
  expect(bytes(report)).toBeLessThan(60_000);
  expect(report.filter(({ version }) => version !== null)).toHaveLength(290);
  const rest = report.filter(({ version }) => version === null);
  expect(rest.length).toBeGreaterThan(0);
  expect(rest.every((plugin) => plugin.failed !== undefined)).toBe(true);
});

it('then leaves out what tells two artefacts of one version apart, and names every version', () => {
  const report = fitReport(many(500, { version: '1.0.0', ...digests, failed }));
  expect(bytes(report)).toBeLessThan(60_000);
  expect(report).toHaveLength(500);
  expect(report[0]).toMatchObject({ name: 'plugin-1000', version: '1.0.0', ...digests });
  expect(report.at(-1)).toEqual({ name: 'plugin-1499', version: '1.0.0' });
  // A configuration without the artefact that it belongs to would say something else.
  expect(report.every(({ sha256, config_digest }) => (sha256 === undefined) === (config_digest === undefined))).toBe(
    true,
  );
});
