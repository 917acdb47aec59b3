import { newestStack } from '../local/stack/published-stack.ts';
import { run } from './run.ts';

const over = new AbortController();
// Nobody reads any more: `muster events ID --follow | head`.
process.stdout.on('error', () => over.abort());

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  // npm runs scripts in the checkout, wherever it was called.
  folder: process.env['INIT_CWD'] ?? process.cwd(),
  fetch,
  newestStack,
  print: (text) => console.log(text),
  warn: (text) => console.error(text),
  width: process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY,
  interrupted: () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => over.abort());
    return over.signal;
  },
});
