import { expect, it } from 'vitest';
import { type CredentialKind, type Credentials, createCredentials } from '../../../infra/agent/credentials.ts';

const kinds = (credentials: Credentials): CredentialKind[] => credentials.candidates().map(({ kind }) => kind);

it('puts the token that was kept before the bootstrap token', () => {
  expect(createCredentials('boot', 'kept').candidates()).toEqual([
    { kind: 'runtime', token: 'kept' },
    { kind: 'bootstrap', token: 'boot' },
  ]);
  expect(createCredentials('boot', undefined).candidates()).toEqual([{ kind: 'bootstrap', token: 'boot' }]);
});

it('does not offer a refused token again until it is forgiven', () => {
  const credentials = createCredentials('boot', 'kept');
  credentials.refused('runtime');
  expect(kinds(credentials)).toEqual(['bootstrap']);
  credentials.refused('bootstrap');
  expect(kinds(credentials)).toEqual([]);
  credentials.forgive();
  expect(kinds(credentials)).toEqual(['runtime', 'bootstrap']);
});

it('takes a new runtime token for good, whatever happened to the one before', () => {
  const credentials = createCredentials('boot', 'kept');
  credentials.refused('runtime');
  credentials.renewed('new');
  expect(credentials.candidates()[0]).toEqual({ kind: 'runtime', token: 'new' });
  expect(credentials.runtimeToken()).toBe('new');
});

it('keeps a refused runtime token: it may be the last one that the registry can make good again', () => {
  const credentials = createCredentials('boot', 'kept');
  credentials.refused('runtime');
  expect(credentials.runtimeToken()).toBe('kept');
});
