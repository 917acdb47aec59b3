import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { repository } from './scratch-project.ts';

const versions = z.record(z.string(), z.string()).default({});

const Manifest = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
  allowScripts: z.record(z.string(), z.boolean()),
});

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().default(false),
      optionalDependencies: versions,
    }),
  ),
});

const json = (name: string): unknown => JSON.parse(readFileSync(join(repository, name), 'utf8'));

export const manifest = Manifest.parse(json('package.json'));

/** The packages of the lock file by their place below the repository; the repository itself is not among them. */
export const lockedPackages = Object.entries(Lock.parse(json('package-lock.json')).packages).filter(
  ([place]) => place !== '',
);

/** `node_modules/a/node_modules/@b/c` is the package `@b/c`. */
export const nameOf = (place: string): string =>
  place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
