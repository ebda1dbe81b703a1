import { ConnectorsError, isConnectorsError } from './connectors.error.js';
import type { ErrorContext } from './error-context.interface.js';
import { describeNotConnected, PLACES } from './not-connected.message.js';

/**
 * Thrown when a connector's identifier is missing, not a string or malformed. Nothing was sent.
 *
 * The message does not repeat the identifier. `ConnectorsExceptionFilter` responds with 400.
 *
 * @publicApi
 */
export class InvalidConnectorError extends ConnectorsError {
  readonly code = 'INVALID_CONNECTOR';
}

/**
 * Thrown when the app, or its signed-in user, has not connected the connector. The remedy in the message
 * depends on the kind of connector. For an unknown integration type, the message suggests known names.
 *
 * `connector` is its identifier. `status` is the status of Base44's response, if there was one.
 * `ConnectorsExceptionFilter` responds with 424.
 *
 * @publicApi
 */
export class ConnectorNotConnectedError extends ConnectorsError {
  readonly code = 'CONNECTOR_NOT_CONNECTED';

  constructor(context: ErrorContext, status?: number) {
    super(describeNotConnected(context), { connector: context.connector, status });
  }
}

/**
 * Returns whether a value is a {@link ConnectorNotConnectedError}, of any copy of the package.
 *
 * @internal
 */
export function isNotConnectedError(value: unknown): value is ConnectorNotConnectedError {
  return isConnectorsError(value) && value.code === 'CONNECTOR_NOT_CONNECTED';
}

/**
 * Thrown when the connector is metered, because Base44 issues no access tokens for metered connectors.
 * Use `ConnectorsService.callApi()` instead.
 *
 * `connector` is its identifier. `status` is the status of Base44's response, if there was one.
 * `ConnectorsExceptionFilter` responds with 424.
 *
 * @publicApi
 */
export class ConnectorMeteredError extends ConnectorsError {
  readonly code = 'CONNECTOR_METERED';

  constructor({ connector }: Pick<ErrorContext, 'connector'>, status?: number) {
    super(
      `Connector '${connector}' is metered, so Base44 issues no access token for it. ` +
        `Call its API with ConnectorsService.callApi('${connector}', request).`,
      { connector, status },
    );
  }
}

/**
 * Thrown when the provider rejects an access token that Base44 has just issued.
 * The account must be connected again.
 *
 * A provider that says which scope the token lacks causes a `ConnectorScopeMissingError`. For every other
 * reason, such as a claims challenge, the caller receives the provider's response.
 *
 * `connector` is its identifier. `status` is the status of the provider's response.
 * `ConnectorsExceptionFilter` responds with 424.
 *
 * @publicApi
 */
export class ConnectorReauthorizationRequiredError extends ConnectorsError {
  readonly code = 'CONNECTOR_REAUTHORIZATION_REQUIRED';

  /** @param status - the status of the provider's response */
  constructor({ appId, connector, kind = 'integrationType' }: ErrorContext, status?: number) {
    super(
      kind === 'appUserConnector'
        ? `The provider of connector '${connector}' rejects the user's access token in app ${appId}. ` +
            'Call disconnectAppUser(), then send the user to the URL that connectAppUser() returns.'
        : `The provider of connector '${connector}' rejects the access token of app ${appId}. ` +
            `Disconnect the connector and connect it again ${PLACES[kind]}.`,
      { connector, status },
    );
  }
}

/**
 * Thrown when a connector of the app's users is requested without a signed-in user,
 * or when Base44 rejects the user's session.
 *
 * `connector` is its identifier. `status` is set if Base44 rejected the session.
 * `ConnectorsExceptionFilter` responds with 401.
 *
 * @publicApi
 */
export class AppUserRequiredError extends ConnectorsError {
  readonly code = 'APP_USER_REQUIRED';

  /** @param status - the status of Base44's response, if a request was sent */
  constructor({ connector }: Pick<ErrorContext, 'connector'>, status?: number) {
    super(
      status === undefined
        ? `Connector '${connector}' requires a signed-in user of the app, and this call has none. ` +
            'Sign the user in and provide their Base44 token through request.appUserToken, asAppUser() or runAs().'
        : `Base44 rejected the user's session for connector '${connector}' (status ${status}). ` +
            'Sign the user in again. If that does not help, check the service token.',
      { connector, status },
    );
  }
}
