import { z } from 'zod';
import type { DeclaredPlugin } from '../../../infra/local/artefacts/start-artefacts.ts';
import { createRegistryClient, type WorkspaceEvent } from '../../../infra/local/fleet/registry-client.ts';
import { persistently, Refused } from './persistently.ts';

const created = z.object({ id: z.uuid(), bootstrap_token: z.string().optional() });
const reissued = z.object({ runtime_token: z.string() });
const problem = z.object({ code: z.string() });
const workspace = z.object({
  status: z.string(),
  instance_id: z.string().nullable(),
  reconcile_owed: z.boolean(),
  plugins: z.array(
    z.object({
      name: z.string(),
      declared_version: z.string().nullable(),
      installed_version: z.string().nullable(),
      failed_reason: z.string().nullable(),
    }),
  ),
});

export type Workspace = z.infer<typeof workspace>;

type Call = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly key?: string;
};

/** What an operator does, as one who asks again after an answer that says nothing of it, or none at all. */
export class Operator {
  readonly #api: string;
  readonly #patience: AbortSignal;

  /** @param patience over when there is no sense in asking any more */
  constructor(api: string, patience: AbortSignal) {
    this.#api = api;
    this.#patience = patience;
  }

  /** @param name also the key: asked for twice, there is one */
  async create(name: string, plugin: DeclaredPlugin, external: boolean): Promise<z.infer<typeof created>> {
    const body = { name, runtime: 'agent', declaration: { plugins: [plugin] }, ...(external && { external }) };
    return created.parse(await this.#send({ method: 'POST', path: '/workspaces', body, key: name }));
  }

  /** @param command a route below the workspace's: `restart?replace=true` */
  async command(id: string, command: string): Promise<void> {
    await this.#send({ method: 'POST', path: `/workspaces/${id}/${command}` });
  }

  async reissueToken(id: string): Promise<string> {
    const answer = await this.#send({ method: 'POST', path: `/workspaces/${id}/reissue-token` });
    return reissued.parse(answer).runtime_token;
  }

  async declare(id: string, plugin: DeclaredPlugin): Promise<void> {
    await this.#send({ method: 'PUT', path: `/workspaces/${id}/declaration`, body: { plugins: [plugin] } });
  }

  async workspace(id: string): Promise<Workspace> {
    return workspace.parse(await this.#send({ method: 'GET', path: `/workspaces/${id}` }));
  }

  /** In the order of writing. */
  async events(id: string): Promise<WorkspaceEvent[]> {
    const client = createRegistryClient(this.#api);
    return (await persistently(() => client.events(id), this.#patience)).reverse();
  }

  async #send({ method, path, body, key }: Call): Promise<unknown> {
    return persistently(async () => {
      const response = await fetch(`${this.#api}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: this.#patience,
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text);
      const said = `${method} ${path} was answered ${response.status}: ${text.slice(0, 500)}`;
      const passes =
        response.status >= 500 || response.status === 429 || codeOf(text) === 'idempotency_key_in_progress';
      throw passes ? new Error(said) : new Refused(said);
    }, this.#patience);
  }
}

function codeOf(text: string): string | undefined {
  try {
    return problem.safeParse(JSON.parse(text)).data?.code;
  } catch {
    return undefined;
  }
}
