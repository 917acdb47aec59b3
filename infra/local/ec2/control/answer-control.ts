import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { BodyTooLarge, readBody } from '../http/read-body.ts';
import { launchTemplate } from '../launch-templates/launch-template.ts';
import { ControlError } from './control-error.ts';
import { existing } from './existing.ts';
import { outsideActs } from './outside-acts.ts';
import type { ControlContext } from './routes.ts';
import { routes } from './routes.ts';

/** Enough for 100,000 instances with tags of their own in one call. */
const maxBodyBytes = 64 * 1_048_576;

/** Answers what is under /_control/: the acts and faults that EC2's own protocol has no words for. */
export async function answerControl(request: IncomingMessage, response: ServerResponse, context: ControlContext) {
  const { status, body } = await carryOut(request, context);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function carryOut(request: IncomingMessage, context: ControlContext): Promise<{ status: number; body: unknown }> {
  try {
    const text = await readBody(request, maxBodyBytes);
    const body: unknown = text === '' ? {} : JSON.parse(text);
    return { status: 200, body: route(request.method ?? '', request.url ?? '', body, context) };
  } catch (error) {
    const refusal = toControlError(error);
    return { status: refusal.status, body: { error: refusal.message } };
  }
}

function route(method: string, url: string, body: unknown, context: ControlContext): unknown {
  const asked = `${method} ${url}`;
  const answer = routes.get(asked);
  if (answer) return answer(body, context);
  const { ec2, machine } = context;
  const [, templateId] = /^POST \/_control\/launch-templates\/(lt-[0-9a-f]{8,17})$/.exec(asked) ?? [];
  if (templateId !== undefined) {
    ec2.launchTemplates.put(templateId, launchTemplate.parse(body));
    return {};
  }
  const [, id, name] = /^POST \/_control\/instances\/([^/]+)\/([^/]+)$/.exec(asked) ?? [];
  const act = name === undefined ? undefined : outsideActs.get(name);
  if (id === undefined || !act) throw new ControlError(404, `There is no ${asked}`);
  return act(existing(id, ec2.fleet), body, ec2, machine);
}

function toControlError(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof z.ZodError) return new ControlError(400, z.prettifyError(error));
  if (error instanceof SyntaxError) return new ControlError(400, `The body is not JSON: ${error.message}`);
  if (error instanceof BodyTooLarge) return new ControlError(413, error.message);
  throw error;
}
