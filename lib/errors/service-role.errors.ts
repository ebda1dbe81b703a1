import type { ErrorSubject } from './connection.errors.js';
import { ConnectorsError } from './connectors.error.js';

/**
 * There is nothing to act as the app's service role with.
 *
 * @publicApi
 */
export class ServiceRoleRequiredError extends ConnectorsError {
  readonly code = 'SERVICE_ROLE_REQUIRED';
}

/**
 * Base44 does not accept the service token.
 *
 * @publicApi
 */
export class ServiceRoleRejectedError extends ConnectorsError {
  readonly code = 'SERVICE_ROLE_REJECTED';

  constructor({ appId, connector }: ErrorSubject, status: number) {
    super(
      `Base44 rejected the service token for app ${appId} (status ${status}). ` +
        'Check that it is a service token, of this app, and still valid.',
      { connector, status },
    );
  }
}
