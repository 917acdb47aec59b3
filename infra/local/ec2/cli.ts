import { run } from './cli/run.ts';

const { exitCode, text } = await run(process.argv.slice(2), process.cwd());
if (exitCode === 0) console.log(text);
else console.error(text);
process.exitCode = exitCode;
