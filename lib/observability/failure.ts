import type { Counter } from '../domain/metrics.ts';
import { logger } from './logger.ts';
import { count } from './metrics.ts';

/** Tells of an error that its caller outlives: counts it, and logs it with `message`. */
export const failure =
  (counter: Counter, message: string) =>
  (error: unknown): void => {
    count(counter);
    logger.error(message, { error });
  };
