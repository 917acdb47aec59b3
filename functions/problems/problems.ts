import { ERROR_CODES, type ErrorCode, RouteNotFound } from '../../lib/domain/errors.ts';

type Ports<Page> = { readonly pageOf: (code: ErrorCode) => Page };

/** Tells what an error code means: where the `type` of every problem answer leads. */
export function createProblems<Page>({ pageOf }: Ports<Page>) {
  /** @throws RouteNotFound */
  return async ({ code }: { readonly code: string }): Promise<Page> => {
    const known = ERROR_CODES.find((each) => each === code);
    if (known === undefined) throw new RouteNotFound(`/problems/${code}`);
    return pageOf(known);
  };
}
