import { LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { callKeys } from './call.ts';

/** Writes each line with the keys of the call that it belongs to, and each error with all that it stands for. */
export class CallLogFormatter extends LogFormatter {
  formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    return new LogItem({
      attributes: {
        level: attributes.logLevel,
        message: attributes.message,
        timestamp: this.formatTimestamp(attributes.timestamp),
        service: attributes.serviceName,
        xray_trace_id: attributes.xRayTraceId,
        ...callKeys(),
        ...additional,
      },
    });
  }

  /** Powertools leaves out the parts of an AggregateError, which are all that it tells. */
  override formatError(error: Error): LogAttributes {
    const formatted = super.formatError(error);
    if (!(error instanceof AggregateError)) return formatted;
    return { ...formatted, errors: error.errors.map((part: unknown) => this.#partOf(part)) };
  }

  #partOf(part: unknown): unknown {
    return part instanceof Error ? this.formatError(part) : part;
  }
}
