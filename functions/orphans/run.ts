import type { By } from '../../lib/domain/workspace.ts';

/** `run`: the same for a run that is sent twice. `timeLeftMs`: in which this run may still begin something. */
export type Run = By & { readonly run: string; readonly timeLeftMs: () => number };

/** Rows a statement. */
export const AT_ONCE = 1_000;
