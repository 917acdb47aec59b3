import { Logger } from '@aws-lambda-powertools/logger';

/** The functions' structured log. Nothing is logged for a heartbeat that changes nothing; a token never. */
export const logger = new Logger({ serviceName: 'muster' });
