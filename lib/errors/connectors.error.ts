const BRAND = Symbol.for('nestjs-base44-connectors.error');

/**
 * The stable codes of the errors. Each error class has one code, and `BrokerError` has several.
 *
 * @publicApi
 */
export type ConnectorsErrorCode =
  | 'CONFIGURATION'
  | 'INVALID_CONNECTOR'
  | 'INVALID_REQUEST'
  | 'UNTRUSTED_REQUEST'
  | 'SERVICE_ROLE_REQUIRED'
  | 'SERVICE_ROLE_REJECTED'
  | 'CONNECTOR_NOT_CONNECTED'
  | 'CONNECTOR_METERED'
  | 'CONNECTOR_REAUTHORIZATION_REQUIRED'
  | 'APP_USER_REQUIRED'
  | 'CREDITS_EXHAUSTED'
  | 'RATE_LIMITED'
  | 'BASE44_UNAVAILABLE'
  | 'UNEXPECTED_RESPONSE'
  | 'ORIGIN_NOT_ALLOWED'
  | 'BROKER_NOT_DEPLOYED'
  | 'BROKER_SECRET_REJECTED'
  | 'BROKER_CLOCK_SKEWED'
  | 'BROKER_CONNECTOR_NOT_ALLOWED'
  | 'BROKER_MISCONFIGURED';

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
 * The base class of all errors of this package. A message says what failed, then the remedy.
 *
 * An error contains no upstream text, no header, no token and no underlying error, so it is safe to log.
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

  /** @internal */
  get [BRAND](): true {
    return true;
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
 * It also recognizes errors of another installed copy of the package, which `instanceof` does not.
 *
 * @publicApi
 */
export function isConnectorsError(value: unknown): value is ConnectorsError {
  return value instanceof Error && BRAND in value;
}
