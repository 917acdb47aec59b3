import { startEc2 } from '../../../infra/local/ec2/server.ts';

// A program that holds an EC2 server, for the test that kills it: prints the server's URL and runs until then.

const [program = '', script = '', folder = ''] = process.argv.slice(2);
const boot = { kind: 'process', command: program, args: [script], folder } as const;
const { url } = await startEc2({ boot, timings: { pendingMs: 10 } });
console.log(url);
