import { join } from 'node:path';
import { packageService, type Service } from './package.ts';

/** The stacks of the registry: what keeps its state, and what runs its code. */
const DATA: Service = { name: 'muster-data', folder: 'infra/data' };
const SERVICE: Service = { name: 'muster', folder: '.' };

/** Folders of packages. `again` is of the same stage as `first`, and of nothing else. */
export type Packages = {
  readonly first: { readonly data: string; readonly service: string };
  readonly again: { readonly data: string; readonly service: string };
  readonly prod: { readonly data: string; readonly service: string };
};

/**
 * Packages both services for stage dev twice, and once for stage prod, into folders under `scratch`. One service is
 * packaged once at a time: the framework keeps what it is at in the service's own folder.
 * @param made the folder of a package of the service for stage dev that is there already
 */
export async function packageAll(root: string, scratch: string, made: string | undefined): Promise<Packages> {
  const order = (service: Service, stage: string, name: string) =>
    packageService({ root, service, options: ['--stage', stage], into: join(scratch, `${service.name}-${name}`) });
  const three = async (service: Service, there?: string) => ({
    first: there ?? (await order(service, 'dev', 'first')),
    again: await order(service, 'dev', 'again'),
    prod: await order(service, 'prod', 'prod'),
  });
  const [service, data] = await Promise.all([three(SERVICE, made), three(DATA)]);
  return {
    first: { data: data.first, service: service.first },
    again: { data: data.again, service: service.again },
    prod: { data: data.prod, service: service.prod },
  };
}
