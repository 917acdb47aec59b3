/** Writes the agent as one file: `npm run agent -- muster-agent.cjs`. */
import { bundleAgent } from './bundle.ts';

const [outfile = 'muster-agent.cjs'] = process.argv.slice(2);
try {
  process.stdout.write(`${await bundleAgent(outfile)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
