import * as z from 'zod';

export const workspacePath = z.object({ id: z.uuid() });

/** A command that takes no options: what is misspelt is refused, not dropped in silence. */
export const noOptions = z.strictObject({}).transform(() => ({ replace: false }));

/** POST /workspaces/{id}/restart: `replace=true` takes a new instance instead of rebooting the one that is there. */
export const restartOptions = z.strictObject({
  replace: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});
