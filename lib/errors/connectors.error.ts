import { type ConnectorsErrorCode, getHttpStatus } from './error-code.js';

const BRAND = Symbol.for('nestjs-base44-connectors.error');

/**
 * The fields of an error besides its message. They contain no secrets.
 *
 * @publicApi
 */
export interface ConnectorsErrorDetails {
  /** The identifier of the connector that was requested. */
  readonly connector?: string | undefined;
  /** The HTTP status of Base44's response, or of the provider's if that rejects the token. */
  readonly status?: number | undefined;
  /** The delay that Base44 requests before the next attempt, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The `extensions` of an error in the response of a GraphQL server.
 *
 * @publicApi
 */
export interface ConnectorsErrorExtensions {
  readonly code: ConnectorsErrorCode;
  /** The status of the response if the same error occurred in HTTP. */
  readonly statusCode: number;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** The identifier of the connector, when the error is about a connector. */
  readonly connector?: string | undefined;
}

/**
 * The base class of all errors of this package. A message names the failure, then the remedy.
 *
 * An error contains no upstream text except names of scopes, no header, no token and no underlying error,
 * so it is safe to log.
 *
 * @example
 * catch (error) {
 *   if (isConnectorsError(error) && error.code === 'CONNECTOR_NOT_CONNECTED') return [];
 *   throw error;
 * }
 *
 * @publicApi
 */
export abstract class ConnectorsError extends Error {
  /** The stable code of the error, to branch on. */
  abstract readonly code: ConnectorsErrorCode;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean = false;
  /** The identifier of the connector that was requested. */
  declare readonly connector?: string;
  /** The HTTP status of Base44's response, or of the provider's if that rejects the token. */
  declare readonly status?: number;
  /** The delay that Base44 requests before the next attempt, in milliseconds. */
  declare readonly retryAfterMs?: number;

  constructor(message: string, details: ConnectorsErrorDetails = {}) {
    super(message);
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true });
    const { connector, status, retryAfterMs } = details;
    if (connector !== undefined) this.connector = connector;
    if (status !== undefined) this.status = status;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }

  /**
   * Makes `instanceof ConnectorsError` and `@Catch(ConnectorsError)` recognize errors of another copy
   * of the package. The classes below this one recognize their own errors only.
   *
   * @internal
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === ConnectorsError
      ? isConnectorsError(value)
      : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** @internal */
  get [BRAND](): true {
    return true;
  }

  /**
   * The data that GraphQL servers send to the client with the message. They read it from the error,
   * because Nest runs no filters for resolvers of fields.
   */
  get extensions(): ConnectorsErrorExtensions {
    const { code, retryable, connector } = this;
    return { code, statusCode: getHttpStatus(code), retryable, connector };
  }

  /** Returns the fields of the error without its stack. */
  toJSON(): Record<string, unknown> {
    const { name, message, code, retryable, connector, status, retryAfterMs } = this;
    return { name, message, code, retryable, connector, status, retryAfterMs };
  }
}

/**
 * Returns whether a value is an error of this package.
 *
 * It also recognizes errors of another copy of the package, such as a second installation, or a copy that
 * `require` loads beside `import`. Compare their `code`, because their classes are not the same.
 *
 * @publicApi
 */
export function isConnectorsError(value: unknown): value is ConnectorsError {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return BRAND in value;
  } catch {
    // A proxy may throw, and its error must not replace the one that is examined.
    return false;
  }
}
