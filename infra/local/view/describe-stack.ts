import type { Created } from '../fleet/registry-client.ts';
import type { Stack } from '../stack/start-stack.ts';

/** Where everything is. */
export function describeStack(stack: Stack): string[] {
  return [
    '',
    `Registry   ${stack.api}${stack.moved ? '   (the wished port is taken)' : ''}`,
    `Data API   ${stack.dataApi}`,
    `EC2        ${stack.ec2}`,
    `Lambda     ${stack.lambda}`,
    `PostgreSQL ${withoutPassword(stack.postgres)}   (with its password in .muster/local.json)`,
    `Artefacts  ${stack.artefacts}   (and s3://muster-artefacts, at ${stack.s3})`,
    `Logs       ${stack.log}`,
    '',
  ];
}

/** What is printed ends up in logs and pasted reports. */
function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = '';
  return shown.href;
}

/** Three commands that can be copied, about a workspace that exists. */
export function suggest(stack: Stack, example: Created): string[] {
  const body = JSON.stringify({ name: 'mine', runtime: 'local-agent', declaration: { plugins: [stack.seoAll] } });
  const header = `-H 'content-type: application/json'`;
  return [
    'Try, in another terminal: create a workspace, take an instance away, see what became of its workspace.',
    `  curl -X POST ${stack.api}/workspaces ${header} -d '${body}'`,
    `  npm run ec2 -- terminate ${example.instance_id}`,
    `  curl ${stack.api}/workspaces/${example.id}/events`,
    '',
  ];
}
