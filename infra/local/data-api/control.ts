import type { IncomingMessage } from 'node:http';
import { DataApiError } from './errors.ts';
import { type Faults, faultSettings } from './faults.ts';
import { readJson } from './wire.ts';

/** Calls by operation, failed ones and each of a client's retries included. */
export type Calls = Map<string, number>;

/**
 * Answers the routes below /_control, which the service does not have.
 *
 * GET, POST /_control/faults; GET /_control/taken, the calls that a share of the faults has taken; GET, DELETE
 * /_control/calls; DELETE /_control/pools/{database} closes the connections to
 * a database and rolls its transactions back, so that it can be dropped.
 *
 * @throws DataApiError for an unknown route, or faults that are none
 */
export async function answerControl(
  request: IncomingMessage,
  parts: { faults: Faults; calls: Calls; dropPool: (database: string) => Promise<void> },
): Promise<object> {
  const { faults, calls, dropPool } = parts;
  const path = request.url ?? '';
  switch (`${request.method} ${path.replace(/(?<=\/pools\/).+/, '*')}`) {
    case 'POST /_control/faults': {
      const settings = faultSettings.safeParse(await readJson(request));
      if (!settings.success) throw new DataApiError('ValidationException', settings.error.message);
      faults.set(settings.data);
      return faults.get();
    }
    case 'GET /_control/faults':
      return faults.get();
    case 'GET /_control/taken':
      return faults.taken;
    case 'GET /_control/calls':
      return Object.fromEntries(calls);
    case 'DELETE /_control/calls':
      calls.clear();
      return {};
    case 'DELETE /_control/pools/*':
      await dropPool(decodeURIComponent(path.slice('/_control/pools/'.length)));
      return {};
    default:
      throw new DataApiError('UnknownOperationException', `${request.method} ${path}`);
  }
}
