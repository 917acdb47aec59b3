import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Ec2 } from '../actions/action.ts';
import { actions } from '../actions/actions.ts';
import type { Faults } from '../control/faults.ts';
import { toError } from '../control/faults.ts';
import { BodyTooLarge, readBody } from '../http/read-body.ts';
import { Ec2Error } from './ec2-error.ts';
import type { ParameterTree } from './parse-form.ts';
import { parseForm } from './parse-form.ts';
import { errorDocument, successDocument } from './xml.ts';

const maxRequestBytes = 1_048_576;

/** Answers one request of the EC2 Query protocol, faults included: a fault may be that no answer comes. */
export async function answerQuery(request: IncomingMessage, response: ServerResponse, ec2: Ec2, faults: Faults) {
  const requestId = randomUUID();
  const answer = await carryOut(request, requestId, ec2, faults);
  if (!answer) return;
  response.writeHead(answer.status, { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId });
  response.end(answer.xml);
}

type Answer = { readonly status: number; readonly xml: string };

async function carryOut(
  request: IncomingMessage,
  requestId: string,
  ec2: Ec2,
  faults: Faults,
): Promise<Answer | undefined> {
  try {
    const { Action: name, Version: _version, ...parameters } = parseForm(await readBody(request, maxRequestBytes));
    const action = typeof name === 'string' && Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (typeof name !== 'string' || !action) throw noSuchAction(name);
    faults.count(name);
    await pause(faults.state.latencyMs);
    const fault = faults.take(name);
    if (!fault) return { status: 200, xml: successDocument(name, requestId, action(parameters, ec2)) };
    if (fault.when === 'after') actUnheard(() => action(parameters, ec2));
    if ('hang' in fault) return undefined;
    await pause(fault.latencyMs);
    throw toError(fault);
  } catch (error) {
    const refusal = toEc2Error(error);
    return { status: refusal.status, xml: errorDocument(refusal.code, refusal.message, requestId) };
  }
}

async function pause(ms: number | undefined): Promise<void> {
  if (ms) await delay(ms, undefined, { ref: false });
}

/** Acts without an answer: what EC2 would refuse is not done, and nobody hears why. */
function actUnheard(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    toEc2Error(error);
  }
}

function noSuchAction(name: string | ParameterTree | undefined): Ec2Error {
  if (name === undefined) return new Ec2Error('MissingAction', 'The request must contain the parameter Action');
  const shown = typeof name === 'string' ? name : JSON.stringify(name);
  return new Ec2Error('InvalidAction', `The action ${shown} is not valid for this web service.`);
}

/** A mistake of this server is EC2's InternalError to its caller and a stack trace to whoever runs it. */
function toEc2Error(error: unknown): Ec2Error {
  if (error instanceof Ec2Error) return error;
  if (error instanceof BodyTooLarge) return new Ec2Error('RequestEntityTooLarge', error.message, 413);
  console.error('EC2 server:', error);
  return new Ec2Error('InternalError', 'An internal error has occurred');
}
