import { z } from 'zod';
import { Refused } from '../failures.ts';
import { oneLine } from '../view/text.ts';

const text = z.string().optional().catch(undefined);

/** application/problem+json of the registry, or the bare message of API Gateway; what is malformed counts as missing. */
const problem = z.object({
  code: text,
  title: text,
  detail: text,
  request_id: text,
  agent_action: text,
  workspace_id: text,
  retry_after_seconds: z.number().nonnegative().optional().catch(undefined),
  errors: z
    .array(z.object({ field: z.string(), message: z.string() }))
    .default([])
    .catch([]),
  allowed: z.array(z.string()).optional().catch(undefined),
  version: z.int().optional().catch(undefined),
  message: text,
});

type Problem = Partial<z.infer<typeof problem>>;

/** Longest part of a body that is no problem document, in characters. */
const quotedAtMost = 200;

/** What an answer that is not 2xx says, as one line for people. */
export function readRefusal(status: number, body: string, retryAfterHeader: string | null): Refused {
  const answer = parseJson(body);
  const said: Problem = problem.safeParse(answer).data ?? {};
  const retryAfterSeconds = said.retry_after_seconds ?? readRetryAfter(retryAfterHeader);
  const line = said.code === undefined ? describeForeign(status, said, body) : describeProblem(status, said);
  return new Refused(oneLine(line), { status, retryAfterSeconds, answer });
}

function describeProblem(status: number, said: Problem): string {
  const { code, detail, title, errors = [], allowed, version, workspace_id, agent_action, request_id } = said;
  return [
    `Refused (${status} ${code}): ${detail ?? title ?? ''}`,
    ...(errors.length > 0 ? [`Fields: ${errors.map(({ field, message }) => `${field}: ${message}`).join('; ')}.`] : []),
    ...(allowed === undefined ? [] : [`Allowed: ${allowed.join(', ') || 'nothing'}.`]),
    ...(version === undefined ? [] : [`Version: ${version}.`]),
    ...(workspace_id === undefined ? [] : [`Workspace: ${workspace_id}.`]),
    ...(agent_action === undefined ? [] : [agent_action]),
    ...(request_id === undefined ? [] : [`(request ${request_id})`]),
  ].join(' ');
}

/** An answer that is not the registry's own: API Gateway's, or of something between. */
function describeForeign(status: number, { message }: Problem, body: string): string {
  if (message === undefined) return `Refused (${status}): ${body.slice(0, quotedAtMost)}`;
  const advice = status === 403 ? '. Check your AWS identity, what it may do, and the region' : '';
  return `Refused (${status} by API Gateway): ${message}${advice}`;
}

/** Only the form in seconds: the one with a date would need the two clocks to agree. */
function readRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) : undefined;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
