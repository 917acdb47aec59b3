import * as z from 'zod/mini';
import type { RegisterRecord } from '../../../domain/voice.ts';
import { refusal, registerAnswer } from '../../../domain/voice.ts';
import { json } from '../columns.ts';
import { statement } from '../statement.ts';

/** infra/migrations/routines/09_record_register.sql: authentication, boot and transition in one call. */
export const recordRegister = statement({
  sql: `SELECT record_register(
    :workspace_id::uuid, :generation::integer, :token_version::integer, :token_kind::text,
    :boot_id::text, :url::text, :agent_card::jsonb, :agent_version::text, :capabilities::jsonb, :plugins::jsonb,
    :request_id::text, :policy::jsonb
  ) AS answer`,
  bind: ({ claims, registration, requestId, policy }: RegisterRecord) => ({
    workspace_id: claims.sub,
    generation: claims.gen,
    token_version: claims.ver,
    token_kind: claims.kind,
    boot_id: registration.boot_id ?? null,
    url: registration.url ?? null,
    agent_card: registration.agent_card ? JSON.stringify(registration.agent_card) : null,
    agent_version: registration.agent_version ?? null,
    capabilities: registration.capabilities ? JSON.stringify(registration.capabilities) : null,
    plugins: registration.plugins ? JSON.stringify(registration.plugins) : null,
    request_id: requestId,
    policy: JSON.stringify(policy),
  }),
  row: z.object({ answer: json(z.union([refusal, registerAnswer])) }),
});
