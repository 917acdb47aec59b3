import { discard } from '../../../infra/agent/plugins/discard.ts';

/** Discards the folder that is its argument, without the rights of root, for whom nothing is read-only. */
const [, , folder = ''] = process.argv;
if (process.getuid?.() === 0) {
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}
await discard(folder);
