import { z } from 'zod';
import { ClearError } from '../../stack/lifetime.ts';
import { launchTemplate } from '../launch-templates/launch-template.ts';

const ms = z.number().nonnegative().exactOptional();

const serveOptions = z.strictObject({
  region: z.string().exactOptional(),
  zones: z.array(z.string()).min(1).exactOptional(),
  timings: z
    .strictObject({
      pendingMs: ms,
      stoppingMs: ms,
      shuttingDownMs: ms,
      rebootMs: ms,
      terminatedVisibleMs: ms,
      visibleAfterMs: ms,
    })
    .exactOptional(),
  launchTemplates: z.record(z.string(), launchTemplate).exactOptional(),
  /** where every state change is sent by POST, as the whole EventBridge document */
  eventsUrl: z.url({ protocol: /^http$/ }).exactOptional(),
});

/** What the process is told in its one argument; what is absent is as startEc2 has it. */
export type ServeOptions = z.input<typeof serveOptions>;

/** @throws {ClearError} naming what is wrong. */
export function readOptions(argument = '{}') {
  const read = serveOptions.safeParse(parseJson(argument));
  if (read.success) return read.data;
  throw new ClearError(`The options are not right:\n${z.prettifyError(read.error)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ClearError(`The options are not JSON: ${text}`, { cause });
  }
}
