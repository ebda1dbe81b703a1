import { suggestConnector } from '../errors/connector-names.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import { InvalidRequestError, OriginNotAllowedError } from '../errors/request.errors.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { ProviderEndpoint } from './provider-endpoint.js';

function describeUnknownAddress({ kind, id }: Connector): string {
  const ref = kind === 'integrationType' ? `'${id}'` : `{ ${kind}: '${id}' }`;
  const suggestion = kind === 'integrationType' ? suggestConnector(id) : undefined;
  const remedy =
    suggestion === undefined
      ? 'Check the name, or declare the address'
      : `${suggestion} If you mean another service, declare its address`;
  return (
    `The API address of connector '${id}' is not known. ${remedy}: ` +
    `ConnectorsModule.forFeature([{ connector: ${ref}, baseURL: … }]).` +
    (kind === 'integrationType'
      ? ''
      : ' If its id is known at run time only, pass { baseURL } to the call.')
  );
}

/**
 * Requires that an endpoint has an origin, because every call would fail without one.
 *
 * @throws {@link ConnectorsConfigurationError} when the address of the API is unknown
 * @internal
 */
export function requireAddress({ connector, origins }: ProviderEndpoint): void {
  if (origins.length > 0) return;
  throw new ConnectorsConfigurationError(describeUnknownAddress(connector));
}

/**
 * Creates the error for a URL that cannot be parsed.
 *
 * @internal
 */
export function createUnresolvableUrlError({
  connector,
  baseURL,
  origins,
}: ProviderEndpoint): Error {
  const { id } = connector;
  if (baseURL !== undefined) {
    return new InvalidRequestError(`The URL for connector '${id}' must be absolute or a path`);
  }
  return new OriginNotAllowedError(
    { connector: id },
    origins.length === 0
      ? describeUnknownAddress(connector)
      : `Connector '${id}' has no base URL to resolve a path against. Pass an absolute URL at ` +
          `${origins.join(' or ')}, or set baseURL in ConnectorsModule.forFeature().`,
  );
}

/**
 * Creates the error for a URL that must not receive the token.
 *
 * @param origins - the allowed origins, without placeholders
 * @internal
 */
export function createOriginError(
  connector: Connector,
  url: URL,
  origins: readonly string[],
): Error {
  const { id } = connector;
  return new OriginNotAllowedError(
    { connector: id },
    origins.length === 0
      ? describeUnknownAddress(connector)
      : `The token of connector '${id}' must not be sent to ${describeTarget(url)}, only to ` +
          `${origins.join(' and ')}. Declare other origins in ConnectorsModule.forFeature().`,
  );
}

function describeTarget({ origin, protocol, username, password }: URL): string {
  if (username !== '' || password !== '') return `${origin} with a user name or password`;
  return origin === 'null' ? `a ${protocol} URL` : origin;
}
