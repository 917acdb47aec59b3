import { availableParallelism, devNull } from 'node:os';
import { defineConfig } from 'vitest/config';

// A profile or an endpoint of whoever runs the tests would reach a real account.
for (const name of Object.keys(process.env)) if (/^(AWS_|SLS_)/.test(name)) delete process.env[name];
process.env['AWS_CONFIG_FILE'] = devNull;
process.env['AWS_SHARED_CREDENTIALS_FILE'] = devNull;
process.env['AWS_EC2_METADATA_DISABLED'] = 'true';

// What is awaited comes at once on an idle machine; a busy one may take its time, and is not what fails a test.
const expect = { poll: { timeout: 10_000 } };

export default defineConfig({
  test: {
    // Half of the tests' time is waiting for others: a machine of two cores is not busy with two files at a time.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          // Here and below its files share what a worker has loaded: loading it anew took longer than the tests.
          isolate: false,
          include: ['test/unit/**/*.test.ts'],
          expect,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'contract',
          isolate: false,
          include: ['test/contract/**/*.test.ts'],
          expect,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          // They share its servers too; each begins with a database of its own.
          isolate: false,
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/postgres-run.ts'],
          setupFiles: ['test/support/worker-database.ts'],
          expect,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 240_000, hookTimeout: 240_000 } },
    ],
  },
});
