import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles the agent with all it needs into one CommonJS file that a bare `node` (20 or later) runs.
 * @param outfile path of the file; ends in `.cjs`, so that no package.json near it can make it an ES module
 * @returns the path
 */
export async function bundleAgent(outfile: string): Promise<string> {
  if (!outfile.endsWith('.cjs')) throw new Error(`the agent is bundled as CommonJS: ${outfile} has to end in .cjs`);
  await build({
    entryPoints: [fileURLToPath(new URL('./main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
  return outfile;
}
