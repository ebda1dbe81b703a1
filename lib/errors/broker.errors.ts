import {
  ConnectorsError,
  type ConnectorsErrorCode,
  type ConnectorsErrorDetails,
} from './connectors.error.js';

/**
 * @publicApi
 */
export type BrokerErrorCode = Extract<ConnectorsErrorCode, `BROKER_${string}`>;

/**
 * The broker, the function in the Base44 app that hands out its connections, is not there or
 * does not do what it is asked. The code says which; the message, what to do.
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
