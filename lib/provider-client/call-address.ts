import { copyOwnProperties } from '../common/own-properties.js';
import { InvalidRequestError, OriginNotAllowedError } from '../errors/request.errors.js';
import { suggestName } from '../errors/similar-name.js';
import type { ProviderAddress } from '../interfaces/connector-feature.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import { findAddressProblems } from './connector-feature.validator.js';
import { type ProviderEndpoint, toProviderEndpoint } from './provider-endpoint.js';

/**
 * Checks that the options of a call are an object with known names.
 *
 * @throws {@link InvalidRequestError} otherwise
 * @internal
 */
export function checkOptionNames(
  options: unknown,
  known: readonly string[],
  { id }: Connector,
): void {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidRequestError('The options of this call must be an object', { connector: id });
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new InvalidRequestError(
    `${unknown} is not an option of this call${suggestName(unknown, known)}`,
    { connector: id },
  );
}

/**
 * Returns the endpoint of a call that has an address of its own. A known address of the connector limits
 * it, because the value may come from a database.
 *
 * @param known - the endpoint that `forFeature` or the catalogue declares
 * @throws {@link InvalidRequestError} when the address is malformed
 * @throws {@link OriginNotAllowedError} when the connector has other origins
 * @internal
 */
export function withAddress(known: ProviderEndpoint, address: ProviderAddress): ProviderEndpoint {
  const { baseURL, allowedOrigins } = copyOwnProperties(address);
  if (baseURL === undefined && allowedOrigins === undefined) return known;
  const { connector } = known;
  const problems = findAddressProblems({ baseURL, allowedOrigins });
  if (problems.length > 0) {
    throw new InvalidRequestError(
      `The address for connector '${connector.id}' is invalid: ${problems.join('; ')}.`,
      { connector: connector.id },
    );
  }
  const { origins, ...endpoint } = toProviderEndpoint(connector, {
    baseURL: baseURL ?? known.baseURL,
    allowedOrigins,
  });
  const isAllowed = origins.every((origin) => known.origins.includes(origin));
  if (known.origins.length > 0 && !isAllowed) throw createAddressError(known);
  const { isMetered, retry } = known;
  // Base44 calls the first origin of a metered connector, with any address.
  return { ...endpoint, origins: isMetered ? known.origins : origins, retry };
}

function createAddressError({
  connector: { id },
  origins,
}: ProviderEndpoint): OriginNotAllowedError {
  return new OriginNotAllowedError(
    { connector: id },
    `The API of connector '${id}' has a known address, so a call cannot choose an origin except ` +
      `${origins.join(' and ')}. Declare other origins in ConnectorsModule.forFeature().`,
  );
}
