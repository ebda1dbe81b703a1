import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';

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
   * @param signal - aborted when nobody waits for the answer any more
   * @throws a `ConnectorsError`
   */
  abstract fetchConnection(connector: Connector, signal: AbortSignal): Promise<FetchedConnection>;

  /**
   * Lets Base44 call the API of a metered connector.
   *
   * @throws a `ConnectorsError`
   */
  abstract callApi(
    integrationType: string,
    request: ConnectorApiRequest,
    signal: AbortSignal,
  ): Promise<ConnectorApiResponse>;
}
