import { ConnectorsService } from './connectors.service.js';

/**
 * The injection token of an instance of `ConnectorsService`, to override it in a test, say.
 *
 * @param name - as given to `ConnectorsModule`; left out: the default instance
 * @publicApi
 */
export function getConnectorsToken(name?: string): typeof ConnectorsService | string {
  return name === undefined ? ConnectorsService : `ConnectorsService(${name})`;
}
