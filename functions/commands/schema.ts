import * as z from 'zod/mini';

export const workspacePath = z.object({ id: z.uuid() });

/** A command that takes no options: what is misspelt is refused, not dropped in silence. */
export const noOptions = z.pipe(
  z.strictObject({}),
  z.transform(() => ({ replace: false })),
);

/** POST /workspaces/{id}/restart: `replace=true` takes a new instance instead of rebooting the one that is there. */
export const restartOptions = z.strictObject({
  replace: z.pipe(
    z._default(z.enum(['true', 'false']), 'false'),
    z.transform((text) => text === 'true'),
  ),
});
