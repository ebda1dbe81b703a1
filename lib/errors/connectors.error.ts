const BRAND = Symbol.for('nestjs-base44-connectors.error');

/**
 * The stable codes, one for each error class.
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
 * What an error may know besides its message. Nothing of it is secret.
 *
 * @publicApi
 */
export interface ConnectorsErrorDetails {
  /** The identifier of the connector that the failed call was about. */
  readonly connector?: string | undefined;
  /** The HTTP status of Base44's answer. */
  readonly status?: number | undefined;
  /** How long Base44 asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The base of all errors of this package. Messages say what failed and then the
 * remedy. They are written here: no text of an upstream answer, no header, no
 * token and no underlying error is part of them, so they are safe to log.
 *
 * @publicApi
 */
export abstract class ConnectorsError extends Error {
  abstract readonly code: ConnectorsErrorCode;
  /** Whether the same call may succeed a little later. */
  readonly retryable: boolean = false;
  declare readonly connector?: string;
  declare readonly status?: number;
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

  /** What the error knows, without its stack. */
  toJSON(): Record<string, unknown> {
    const { name, message, code, retryable, connector, status, retryAfterMs } = this;
    return { name, message, code, retryable, connector, status, retryAfterMs };
  }
}

/**
 * Whether a value is an error of this package, also when it comes from another
 * installed copy of it, where `instanceof` says no.
 *
 * @publicApi
 */
export function isConnectorsError(value: unknown): value is ConnectorsError {
  return value instanceof Error && BRAND in value;
}
