import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { listen } from './listen.ts';

type Outputs = Readonly<Record<string, string>>;

const filter = z.object({
  logGroupName: z.string(),
  startTime: z.number(),
  filterPattern: z.string(),
  nextToken: z.string().optional(),
});

/** CloudFormation and CloudWatch Logs as far as a rollout asks them, in their own protocols, with what a test puts in. */
export async function startAws() {
  const stacks = new Map<string, { outputs: Outputs; template: string }>();
  /** Log lines by the name of their group. */
  const logs = new Map<string, readonly string[]>();
  const server = await listen(async (request, response) => {
    const body = await text(request);
    if (String(request.headers['x-amz-target']).endsWith('.FilterLogEvents')) {
      const { logGroupName, nextToken } = filter.parse(JSON.parse(body));
      const lines = logs.get(logGroupName);
      const missing = { __type: 'ResourceNotFoundException', message: 'The specified log group does not exist.' };
      // The service answers as far as it has searched, which may be to nothing yet.
      const searched = nextToken === undefined ? { events: [], nextToken: 'further' } : undefined;
      const found = searched ?? { events: lines?.map((message) => ({ message })) };
      const answer = lines === undefined ? missing : found;
      response.writeHead(lines === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer));
      return;
    }
    const form = new URLSearchParams(body);
    const name = form.get('StackName') ?? '';
    const stack = stacks.get(name);
    const action = form.get('Action');
    if (stack === undefined) {
      response.writeHead(400, { 'content-type': 'text/xml' });
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`,
      );
      return;
    }
    const members = Object.entries(stack.outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    const result =
      action === 'DescribeStacks'
        ? `<Stacks><member><StackName>${name}</StackName><Outputs>${members.join('')}</Outputs></member></Stacks>`
        : `<TemplateBody>${stack.template.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</TemplateBody>`;
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
  });
  return { ...server, stacks, logs };
}
