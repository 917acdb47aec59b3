import { RouteNotFound } from '../../lib/domain/errors.ts';
import { http } from '../../lib/middleware/http.ts';

export const handler = http(async (call) => {
  throw new RouteNotFound(call.route);
});
