/** Why a call by fetch failed: fetch hides the cause (ECONNREFUSED and the like) one level down. */
export function describeCallFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'the call failed';
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
