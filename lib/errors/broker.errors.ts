import { ConnectorsError, type ConnectorsErrorDetails } from './connectors.error.js';
import type { ConnectorsErrorCode } from './error-code.js';

/**
 * The codes of a {@link BrokerError}.
 *
 * @publicApi
 */
export type BrokerErrorCode = Extract<ConnectorsErrorCode, `BROKER_${string}`>;

/**
 * Thrown when the broker is not deployed, is misconfigured, or rejects a request. The broker is the
 * function in the Base44 app that issues its connections.
 *
 * `code` identifies the cause. The message contains the remedy.
 *
 * `ConnectorsExceptionFilter` responds with 424 for `BROKER_CONNECTOR_NOT_ALLOWED`, and with 502 for the other codes.
 *
 * @publicApi
 */
export class BrokerError extends ConnectorsError {
  constructor(
    readonly code: BrokerErrorCode,
    message: string,
    details: ConnectorsErrorDetails,
  ) {
    super(message, details);
  }
}
