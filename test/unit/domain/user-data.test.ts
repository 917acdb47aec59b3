import { describe, expect, it } from 'vitest';
import { readBootstrap } from '../../../infra/agent/user-data.ts';
import { bootstrapUserData } from '../../../lib/domain/user-data.ts';

describe('user data', () => {
  it('says to an agent what the registry put into it', () => {
    const bootstrap = {
      registry_url: 'https://registry.example.com',
      workspace_id: '01890000-0000-7000-8000-000000000000',
      generation: 3,
      bootstrap_token: 'a.b.c',
    };
    expect(readBootstrap(bootstrapUserData(bootstrap))).toEqual({
      registryUrl: bootstrap.registry_url,
      workspaceId: bootstrap.workspace_id,
      generation: bootstrap.generation,
      bootstrapToken: bootstrap.bootstrap_token,
    });
  });
});
