import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { readJsonFile } from '../command-line/json-file.ts';
import type { CreateLine } from '../command-line/parse.ts';
import { mayPass, Refused, WrongUsage } from '../failures.ts';
import type { Call, RegistryClient } from '../registry/client.ts';
import { understood } from '../registry/understood.ts';
import type { Surroundings } from '../surroundings.ts';
import { toJson } from '../view/json.ts';

const created = z.object({
  id: z.string(),
  status: z.string(),
  instance_id: z.string().nullable(),
  generation: z.int(),
  bootstrap_token: z.string().optional(),
});

const attempts = 4;
const firstPauseMs = 500;
/** An answer that asks for more patience than this is handed to the operator. */
const longestPauseMs = 60_000;

/** A new workspace. The call is repeated under one idempotency key, so that a lost answer never makes a second one. */
export async function create(line: CreateLine, registry: RegistryClient, surroundings: Surroundings): Promise<void> {
  const body = await bodyOf(line, surroundings.folder);
  const key = line.key ?? randomUUID();
  const headers = { 'idempotency-key': key };
  const answer = await callPatiently(registry, { method: 'POST', path: '/workspaces', body, headers }, (text) =>
    surroundings.warn(`${text} (Idempotency-Key ${key})`),
  );
  if (line.json) return surroundings.print(toJson(answer, 2));
  const { id, status, instance_id, generation, bootstrap_token } = understood(created, answer);
  surroundings.print(`${id}: ${status}, generation ${generation}, instance ${instance_id ?? '–'}`);
  if (bootstrap_token !== undefined) surroundings.print(`bootstrap_token ${bootstrap_token}`);
}

const document = z.looseObject({ labels: z.record(z.string(), z.unknown()).optional() });

/** What the file says, overridden by the options; labels are those of both. @throws {WrongUsage} */
async function bodyOf({ body, file }: CreateLine, folder: string): Promise<z.infer<typeof document>> {
  const said = file === undefined ? {} : await readJsonFile(document, { file, folder, taker: 'POST /workspaces' });
  const labels = { ...said.labels, ...body.labels };
  const whole = { ...said, ...body, ...(Object.keys(labels).length > 0 && { labels }) };
  for (const field of ['name', 'runtime'] as const) {
    if (!Object.hasOwn(whole, field)) throw new WrongUsage(`create needs --${field}, or a --file that says it`);
  }
  return whole;
}

async function callPatiently(registry: RegistryClient, call: Call, warn: (text: string) => void): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await registry.call(call);
    } catch (error) {
      if (!mayPass(error)) throw error;
      const pauseMs = askedPauseMs(error) ?? firstPauseMs * 2 ** (attempt - 1);
      if (attempt === attempts || pauseMs > longestPauseMs) {
        warn('It may have been created all the same: to be sure, repeat the command with --key and this key');
        throw error;
      }
      warn(`${error.message} Attempt ${attempt} of ${attempts}, the next in ${pauseMs / 1_000} s`);
      await delay(pauseMs);
    }
  }
}

function askedPauseMs(error: Error): number | undefined {
  return error instanceof Refused && error.retryAfterSeconds !== null ? error.retryAfterSeconds * 1_000 : undefined;
}
