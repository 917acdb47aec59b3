import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Ec2 } from '../actions/action.ts';
import { BodyTooLarge, readBody } from '../http/read-body.ts';
import { launchTemplate } from '../launch-templates/launch-template.ts';
import type { Machine } from '../machine/machine.ts';
import { ControlError } from './control-error.ts';
import { faultState } from './fault-state.ts';
import type { Faults } from './faults.ts';
import { outsideActs } from './outside-acts.ts';
import { plant, seeds } from './seed.ts';

/** Enough for 100,000 instances with tags of their own in one call. */
const maxBodyBytes = 64 * 1_048_576;

export type ControlContext = { readonly ec2: Ec2; readonly faults: Faults; readonly machine: Machine };

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

function route(method: string, url: string, body: unknown, { ec2, faults, machine }: ControlContext): unknown {
  const asked = `${method} ${url}`;
  switch (asked) {
    case 'GET /_control/faults':
      return faults.state;
    case 'POST /_control/faults':
      faults.state = faultState.parse(body);
      return faults.state;
    case 'GET /_control/calls':
      return faults.calls;
    case 'DELETE /_control/calls':
      faults.resetCalls();
      return {};
    case 'POST /_control/instances':
      return { instanceIds: plant(seeds.parse(body), ec2) };
  }
  const [, templateId] = /^POST \/_control\/launch-templates\/(lt-[0-9a-f]{8,17})$/.exec(asked) ?? [];
  if (templateId !== undefined) {
    ec2.launchTemplates.put(templateId, launchTemplate.parse(body));
    return {};
  }
  const [, id, name] = /^POST \/_control\/instances\/([^/]+)\/([^/]+)$/.exec(asked) ?? [];
  const act = name === undefined ? undefined : outsideActs.get(name);
  if (id === undefined || !act) throw new ControlError(404, `There is no ${asked}`);
  const instance = ec2.fleet.get(id);
  if (!instance) throw new ControlError(404, `There is no instance ${id}`);
  return act(instance, body, ec2, machine);
}

function toControlError(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof z.ZodError) return new ControlError(400, z.prettifyError(error));
  if (error instanceof SyntaxError) return new ControlError(400, `The body is not JSON: ${error.message}`);
  if (error instanceof BodyTooLarge) return new ControlError(413, error.message);
  throw error;
}
