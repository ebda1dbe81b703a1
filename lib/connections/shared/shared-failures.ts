import { randomUUID } from 'node:crypto';
import { mapResponseError } from '../../base44/response-error.mapper.js';
import { isNotConnectedError } from '../../errors/connection.errors.js';
import { type ConnectorsError, isConnectorsError } from '../../errors/connectors.error.js';
import type { ErrorContext } from '../../errors/error-context.interface.js';
import { getRetryAfterMs, isTransient } from '../../resilience/retryable.js';
import type { ConnectionRequest } from '../connection-request.js';
import type { ResilientStore } from './resilient.store.js';

/** Longer than the pause of a waiting process. */
const LIFETIME_MS = 2_000;

/** A unique value, the status of the response, and the delay that it requests, in seconds. */
const FAILURE = /^[\w-]{36} ([45]\d\d) (\d{1,5})$/;

/**
 * Shares the status of a failed response of Base44 with the processes that wait for the connection. Other
 * failures are not shared, because they may concern one process only.
 *
 * @internal
 */
export class SharedFailures {
  readonly #store: ResilientStore;

  constructor(store: ResilientStore) {
    this.#store = store;
  }

  /** Reads the last failure, if it is recent. Two failures are never the same string. */
  async read(lease: string): Promise<string | null> {
    return (await this.#store.get(getName(lease))) ?? null;
  }

  async write(lease: string, error: unknown, request: ConnectionRequest): Promise<void> {
    if (!isConnectorsError(error)) return;
    const failure = `${randomUUID()} ${error.status} ${Math.ceil(getRetryAfterMs(error) / 1_000)}`;
    // The status alone does not identify an error of the broker.
    if (parseFailure(failure, request)?.code !== error.code) return;
    await this.#store.set(getName(lease), failure, LIFETIME_MS);
  }
}

function getName(lease: string): string {
  return `failure:${lease}`;
}

/**
 * Returns the error of a failure in another process. A rejected service token is not shared, because
 * each process may have its own.
 *
 * @internal
 */
export function parseFailure(
  failure: string,
  { connector: { kind, id: connector }, identity: { appId } }: ConnectionRequest,
): ConnectorsError | undefined {
  const [, status, seconds] = FAILURE.exec(failure) ?? [];
  if (status === undefined) return undefined;
  const context: ErrorContext = { appId, connector, kind };
  const headers = seconds === '0' ? {} : { 'retry-after': seconds };
  const error = mapResponseError({ status: Number(status), headers, body: undefined }, context);
  return isTransient(error) || isNotConnectedError(error) ? error : undefined;
}
