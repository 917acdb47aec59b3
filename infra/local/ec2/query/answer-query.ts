import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ec2 } from '../actions/action.ts';
import { actions } from '../actions/actions.ts';
import type { Faults } from '../control/faults.ts';
import { asTold } from '../control/told.ts';
import { BodyTooLarge, readBody } from '../http/read-body.ts';
import { Ec2Error } from './ec2-error.ts';
import { meetFault, pause } from './meet-fault.ts';
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
    const act = () => successDocument(name, requestId, action(parameters, asTold(name, ec2, faults.state)));
    const fault = faults.take({ action: name, parameters, fleet: ec2.fleet });
    const xml = fault ? await meetFault(fault, act) : act();
    return xml === undefined ? undefined : { status: 200, xml };
  } catch (error) {
    const refusal = toEc2Error(error);
    return { status: refusal.status, xml: errorDocument(refusal.code, refusal.message, requestId) };
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
