import { ConnectorsError } from './connectors.error.js';

/**
 * What an error is about: named in its message and its fields.
 *
 * @internal
 */
export interface ErrorSubject {
  readonly appId: string;
  readonly connector: string;
  /** The connection is that of the app's signed-in user. */
  readonly isOfAppUser?: boolean;
  /** The option that says where the request goes, where that is not Base44 itself. */
  readonly address?: 'broker.url';
}

/**
 * The identifier of a connector is missing, not a string, or not well-formed.
 * Nothing was sent. The message does not repeat the identifier.
 *
 * @publicApi
 */
export class InvalidConnectorError extends ConnectorsError {
  readonly code = 'INVALID_CONNECTOR';
}

/**
 * The request given to `callApi` or `fetch` cannot be sent, or an incoming request carries headers
 * of Base44 that are malformed. Nothing was sent.
 *
 * @publicApi
 */
export class InvalidRequestError extends ConnectorsError {
  readonly code = 'INVALID_REQUEST';
}

/**
 * An incoming request names a Base44 server or app that is not trusted. Nothing was sent.
 *
 * @publicApi
 */
export class UntrustedRequestError extends ConnectorsError {
  readonly code = 'UNTRUSTED_REQUEST';
}

/**
 * The app, or its signed-in user, has no connection for this connector.
 *
 * @publicApi
 */
export class ConnectorNotConnectedError extends ConnectorsError {
  readonly code = 'CONNECTOR_NOT_CONNECTED';

  constructor({ appId, connector, isOfAppUser = false }: ErrorSubject, status?: number) {
    super(
      isOfAppUser
        ? `The user has not connected '${connector}' in app ${appId}. ` +
            'Send them to the URL that connectAppUser() gives.'
        : `Connector '${connector}' is not connected in app ${appId}. ` +
            'Connect it under Integrations in the Base44 editor.',
      { connector, status },
    );
  }
}

/**
 * Base44 hands out no token of a metered connector.
 *
 * @publicApi
 */
export class ConnectorMeteredError extends ConnectorsError {
  readonly code = 'CONNECTOR_METERED';

  constructor({ connector }: Pick<ErrorSubject, 'connector'>, status?: number) {
    super(
      `Connector '${connector}' is metered, so Base44 hands out no token of it. ` +
        `Call its API with ConnectorsService.callApi('${connector}', request).`,
      { connector, status },
    );
  }
}

/**
 * The provider refuses a token that Base44 has just handed out, so the account is to be connected again.
 *
 * @publicApi
 */
export class ConnectorReauthorizationRequiredError extends ConnectorsError {
  readonly code = 'CONNECTOR_REAUTHORIZATION_REQUIRED';

  constructor({ appId, connector, isOfAppUser = false }: ErrorSubject) {
    super(
      isOfAppUser
        ? `The provider behind connector '${connector}' refuses the user's token in app ${appId}. ` +
            'Let the user connect again: disconnectAppUser(), then the URL that connectAppUser() gives.'
        : `The provider behind connector '${connector}' refuses the token that app ${appId} holds. ` +
            'Disconnect the connector and connect it again under Integrations in the Base44 editor.',
      { connector },
    );
  }
}

/**
 * The connector belongs to the signed-in user of the app, and nobody is signed in, or
 * Base44 does not accept their session.
 *
 * @publicApi
 */
export class AppUserRequiredError extends ConnectorsError {
  readonly code = 'APP_USER_REQUIRED';

  /** @param status - that of Base44's answer, where it was asked */
  constructor({ connector }: Pick<ErrorSubject, 'connector'>, status?: number) {
    super(
      status === undefined
        ? `Connector '${connector}' belongs to the app's signed-in user, and there is none here. ` +
            'Sign the user in, and let request.appUserToken or asAppUser() give their Base44 token.'
        : `Base44 does not accept the user's session for connector '${connector}' ` +
            `(status ${status}). Sign the user in again; if that is no help, check the service token.`,
      { connector, status },
    );
  }
}

/**
 * A URL lies outside the origins of the connector whose token it was to be sent with, or there are none.
 *
 * @publicApi
 */
export class OriginNotAllowedError extends ConnectorsError {
  readonly code = 'ORIGIN_NOT_ALLOWED';

  constructor({ connector }: Pick<ErrorSubject, 'connector'>, message: string) {
    super(message, { connector });
  }
}
