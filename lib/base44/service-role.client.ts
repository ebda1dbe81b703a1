import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { Identity } from '../interfaces/identity.interface.js';

/**
 * @publicApi
 */
export interface InitiatedConnection {
  /** Where the user approves. */
  readonly redirectUrl: string;
  /** The user has approved before. */
  readonly isAlreadyAuthorized: boolean;
}

/**
 * Asks Base44 as the app's service role. This class is the token under which the
 * client stands in Nest's container: override it in a test, or provide another
 * one through `extraProviders`.
 *
 * What reaches a client has been checked, and is asked once for each call: keeping
 * connections and deadlines are not its business.
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
   * @param identity - whose request it is; for an `appUserConnector` it has a user
   * @param signal - aborted when nobody waits for the answer any more
   * @throws a `ConnectorsError`
   */
  abstract fetchConnection(
    connector: Connector,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<FetchedConnection>;

  /**
   * Lets Base44 call the API of a metered connector.
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
   * Begins to connect an app-user connector, with the user's own token.
   *
   * @throws a `ConnectorsError`
   */
  abstract connectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<InitiatedConnection>;

  /**
   * Ends the user's connection, with the user's own token.
   *
   * @throws a `ConnectorsError`
   */
  abstract disconnectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<void>;
}
