import { ConnectorsError } from './connectors.error.js';
import type { ErrorContext } from './error-context.interface.js';

/**
 * Thrown when there is no service token.
 *
 * Either the options and the incoming request have none, or the `serviceToken` function fails,
 * returns an unusable value or does not resolve in time.
 *
 * `retryable` is `true` if the function does not resolve in time. `ConnectorsExceptionFilter`
 * responds with 500.
 *
 * @publicApi
 */
export class ServiceRoleRequiredError extends ConnectorsError {
  readonly code = 'SERVICE_ROLE_REQUIRED';
  override readonly retryable: boolean;

  constructor(message: string, details: { readonly retryable?: boolean } = {}) {
    super(message);
    this.retryable = details.retryable ?? false;
  }
}

/**
 * Thrown when Base44 rejects the service token.
 *
 * `status` is the status of Base44's response. `ConnectorsExceptionFilter` responds with 502.
 *
 * @publicApi
 */
export class ServiceRoleRejectedError extends ConnectorsError {
  readonly code = 'SERVICE_ROLE_REJECTED';

  constructor({ appId, connector }: ErrorContext, status: number) {
    super(
      `Base44 rejected the service token for app ${appId} (status ${status}). ` +
        'Check that it is a service token of this app and that it is still valid.',
      { connector, status },
    );
  }
}
