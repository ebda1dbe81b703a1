import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ConnectorsError } from '../errors/connectors.error.js';

const INTERVAL_MS = 60_000;

/** The handlers and codes of an application are few. */
const MAX_ENTRIES = 1_000;

/**
 * Logs errors: a mistake of the application once a minute for each handler, and an outage once a minute
 * for all handlers, because it concerns them all.
 *
 * @internal
 */
export class ErrorLog {
  readonly #logger = new Logger('ConnectorsExceptionFilter');
  readonly #logged = new LRUCache<string, true>({ max: MAX_ENTRIES, ttl: INTERVAL_MS });

  record({ code, message, retryable }: ConnectorsError, handler: string | undefined): void {
    // A page for maintenance with the status 200 is an outage too.
    const isOutage = retryable || code === 'UNEXPECTED_RESPONSE';
    const key = isOutage ? code : `${code} ${String(handler)}`;
    if (this.#logged.has(key)) return;
    this.#logged.set(key, true);
    this.#logger.error(`${code}${handler === undefined ? '' : ` in ${handler}`}: ${message}`);
  }
}
