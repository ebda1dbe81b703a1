import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { Identity } from '../interfaces/identity.interface.js';

/**
 * The initiated connection of an app user.
 *
 * @publicApi
 */
export interface InitiatedConnection {
  /** The URL of the page on which the user consents. `null` if the user has already consented. */
  readonly redirectUrl: string | null;
  /** Whether the user has already consented. */
  readonly isAlreadyAuthorized: boolean;
}

/**
 * Sends requests to Base44 as the app's service role. This class is also the client's injection
 * token, so a test can override it and `extraProviders` can replace it.
 *
 * The module validates the arguments before it calls a client. It also caches connections,
 * retries and applies deadlines, so each call of a client sends one request.
 *
 * @example
 * Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(ServiceRoleClient)
 *   .useValue({ fetchConnection: async () => ({ accessToken: 'test', connectionConfig: null }) });
 *
 * @publicApi
 */
export abstract class ServiceRoleClient {
  /**
   * Requests the connection of a connector.
   *
   * @param identity - the identity that acts. It has a user token for an `appUserConnector`
   * @param signal - aborts when the last caller stops waiting
   * @throws a `ConnectorsError`
   */
  abstract fetchConnection(
    connector: Connector,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<FetchedConnection>;

  /**
   * Calls the API of a metered connector through Base44's proxy.
   *
   * @throws a `ConnectorsError`
   */
  abstract callApi(
    integrationType: string,
    request: ConnectorApiRequest,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<ConnectorApiResponse>;

  /**
   * Initiates the connection of an app-user connector with the user's own token.
   *
   * @throws a `ConnectorsError`
   */
  abstract connectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<InitiatedConnection>;

  /**
   * Disconnects the user's account with the user's own token.
   *
   * @throws a `ConnectorsError`
   */
  abstract disconnectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<void>;

  /** Closes the connections to Base44, unless they belong to the application. */
  close?(): void;
}
