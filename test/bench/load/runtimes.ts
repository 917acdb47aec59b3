/**
 * Two thousand runtimes in one process: each registers, and beats at the pace that it is told. Reads its order from
 * stdin, and says on stdout when the steady time begins, and what it was like when it is over.
 */
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { order, type Saying } from './order.ts';

const registered = z.object({ auth_token: z.string(), next_heartbeat_in_s: z.number() });
const beaten = z.object({ next_heartbeat_in_s: z.number() });

/** After an answer that is none, and does not say when to ask again. */
const AGAIN_SECONDS = 1;

const { api, runtimes, spreadSeconds, warmUpSeconds, steadySeconds } = order.parse(
  JSON.parse(await text(process.stdin)),
);
const latenciesMs: number[] = [];
const errors: Record<string, number> = {};
const steadyFrom = performance.now() + warmUpSeconds * 1_000;
const over = steadyFrom + steadySeconds * 1_000;

/** @returns what was answered, or after how many milliseconds to ask again, as an agent would */
async function post<T extends z.ZodType>(path: string, token: string, body: object, answer: T) {
  let againSeconds = AGAIN_SECONDS;
  try {
    const response = await fetch(`${api}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const said = await response.text();
    if (response.status === 200) return { answered: answer.parse(JSON.parse(said)) };
    againSeconds = Number(response.headers.get('retry-after') ?? AGAIN_SECONDS);
    failed(`${path}: HTTP ${response.status} ${said.slice(0, 100)}`);
  } catch (error) {
    failed(`${path}: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  return { againMs: againSeconds * 1_000 };
}

function failed(how: string): void {
  errors[how] = (errors[how] ?? 0) + 1;
}

async function live({ id, token }: (typeof runtimes)[number], after: number): Promise<void> {
  await delay(after);
  const boot_id = `${id}-boot`;
  let known = await post('/registry/register', token, { id, boot_id, plugins: [] }, registered);
  while (known.answered === undefined && performance.now() < over) {
    await delay(known.againMs);
    known = await post('/registry/register', token, { id, boot_id, plugins: [] }, registered);
  }
  if (known.answered === undefined) return;
  const { auth_token, next_heartbeat_in_s } = known.answered;
  const began = performance.now();
  let waitMs = next_heartbeat_in_s * 1_000;
  while (performance.now() + waitMs < over) {
    await delay(waitMs);
    const sent = performance.now();
    const uptime_seconds = Math.floor((sent - began) / 1_000);
    const beat = { workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds, plugins: [] };
    const { answered, againMs } = await post('/registry/heartbeat', auth_token, beat, beaten);
    if (sent >= steadyFrom && answered !== undefined) latenciesMs.push(performance.now() - sent);
    waitMs = answered === undefined ? againMs : answered.next_heartbeat_in_s * 1_000;
  }
}

const say = (saying: Saying): void => void process.stdout.write(`${JSON.stringify(saying)}\n`);

setTimeout(() => say({ said: 'steady' }), warmUpSeconds * 1_000);
await Promise.all(runtimes.map((each, index) => live(each, (index / runtimes.length) * spreadSeconds * 1_000)));
await delay(Math.max(0, over - performance.now()));
say({ said: 'done', latenciesMs, errors });
