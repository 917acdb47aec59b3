import { RouteNotFound } from '../../lib/domain/errors.ts';
import { http } from '../../lib/middleware/http.ts';

export const handler = http(async ({ rawPath }) => {
  throw new RouteNotFound(rawPath);
});
