import { Logger } from '@aws-lambda-powertools/logger';
import { CallLogFormatter } from './log-formatter.ts';
import { replaceSecrets } from './redact.ts';

/** The functions' structured log. Nothing is logged for a heartbeat that changes nothing; a token never. */
export const logger = new Logger({
  logFormatter: new CallLogFormatter(),
  jsonReplacerFn: replaceSecrets,
});
