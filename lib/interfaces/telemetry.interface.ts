import type { ConnectorsErrorCode } from '../errors/error-code.js';
import type { Connector } from './connector.interface.js';

/**
 * The fields of every message in a channel of `node:diagnostics_channel`. A message is frozen. It contains
 * no token, URL, header or user.
 *
 * @publicApi
 */
export interface ConnectorMessage {
  /** The name of the `ConnectorsModule` instance. The default instance has none. */
  readonly instance: string | undefined;
  /** The integration type or the connector id. */
  readonly connector: string;
  readonly kind: Connector['kind'];
}

/**
 * The result of a lookup.
 *
 * - `hit`: the cache had the connection, or the cached fact that the connector is not connected
 * - `shared`: another process had it, through the shared store
 * - `coalesced`: another caller's request was in flight
 * - `miss`: Base44 was asked
 * - `stale`: Base44 failed, and the cache had a stale connection
 *
 * @publicApi
 */
export type LookupResult = 'hit' | 'shared' | 'coalesced' | 'miss' | 'stale';

/**
 * A failure: the code of an error of this package, `ABORTED` when the caller ended the call, or `OTHER`.
 *
 * @publicApi
 */
export type ConnectorErrorType = ConnectorsErrorCode | 'ABORTED' | 'OTHER';

/**
 * A message in `nestjs-base44-connectors:lookup`: a connection was looked up.
 *
 * @publicApi
 */
export interface LookupMessage extends ConnectorMessage {
  readonly result: LookupResult;
  /** Absent if the lookup succeeded. */
  readonly errorType?: ConnectorErrorType;
}

/**
 * A message in `nestjs-base44-connectors:request:start`: a request to Base44 starts, with its retries.
 *
 * @publicApi
 */
export interface RequestStartMessage extends ConnectorMessage {
  readonly operation: 'getConnection' | 'callApi' | 'connectAppUser' | 'disconnectAppUser';
}

/**
 * A message in `nestjs-base44-connectors:request`: a request to Base44 has ended, with its retries.
 *
 * @publicApi
 */
export interface RequestMessage extends RequestStartMessage, Ended {
  /** The number of requests that were sent: 0 while the breaker is open, above 1 after retries. */
  readonly attempts: number;
}

/**
 * A message in `nestjs-base44-connectors:call:start`: a request to a provider starts, with its retries.
 *
 * @publicApi
 */
export interface CallStartMessage extends ConnectorMessage {
  /** The HTTP method, or `_OTHER` for a method that HTTP does not define. */
  readonly method: string;
}

/**
 * A message in `nestjs-base44-connectors:call`: a request to a provider has ended, with its retries.
 *
 * @publicApi
 */
export interface CallMessage extends CallStartMessage, Ended {
  /** The status of the provider's response. Absent if there is none. */
  readonly status?: number;
}

interface Ended {
  readonly durationMs: number;
  /** Absent if it succeeded. */
  readonly errorType?: ConnectorErrorType;
}
