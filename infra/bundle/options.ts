import type { BuildOptions } from 'esbuild';

/** How every function is bundled, wherever it then runs. serverless-esbuild adds platform and target. */
export const esbuildOptions = {
  // package.json says "type": "module", and middy and jose are ESM: everything is bundled, as CommonJS that says so.
  format: 'cjs',
  bundle: true,
  minify: true,
  // Errors are told apart by class in logs and answers.
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  // The ES builds of the SDK clients can be tree-shaken, their CommonJS builds cannot.
  mainFields: ['module', 'main'],
} as const satisfies BuildOptions;
