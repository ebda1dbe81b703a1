import { InvalidRequestError, OriginNotAllowedError } from '../errors/request.errors.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import { isLoopback } from '../common/server-url.js';
import type { ProviderEndpoint } from './provider-endpoint.js';
import { expandTemplate, hasPlaceholders } from './url-template.js';

type Config = ConnectorConnection['connectionConfig'];

/** The address of a call, once the connection is known. */
export type UrlResolver = (connection: Pick<ConnectorConnection, 'connectionConfig'>) => URL;

/** Puts what the connection says into an address. */
type Fill = (template: string) => string;

/**
 * Says where a call goes. Where that does not depend on the connection, what is wrong is said at once.
 *
 * @param urlFor - the address that the caller wants
 * @internal
 */
export function createUrlResolver(
  api: ProviderEndpoint,
  urlFor: (fill: Fill) => string | URL,
): UrlResolver {
  const urlWith = (config: Config): URL => {
    const fill: Fill = (template) => expandTemplate(template, config, api.connector.id);
    return allowed(parse(urlFor(fill), api), api.origins.map(fill), api);
  };
  if ([api.baseURL ?? '', ...api.origins].some(hasPlaceholders)) {
    return ({ connectionConfig }) => urlWith(connectionConfig);
  }
  const url = urlWith(null);
  return () => url;
}

/**
 * A URL as `fetch` takes it, absolute or below a base URL.
 *
 * @internal
 */
export function resolveUrl(url: string | URL, baseURL: string | undefined): string | URL {
  if (url instanceof URL || isAbsolute(url) || baseURL === undefined) return url;
  // Another host of the same scheme.
  if (/^[\\/]{2}/.test(url)) return new URL(url, baseURL);
  // Whatever follows, the host has ended before it.
  return `${baseURL}${/^([/?#]|$)/.test(url) ? '' : '/'}${url}`;
}

/**
 * Checks where a redirect leads: to https or, from loopback, to loopback.
 *
 * @throws {@link OriginNotAllowedError}
 * @internal
 */
export function checkRedirect(from: URL, to: URL, connector: string): void {
  const isSecure = to.protocol === 'https:' || (to.protocol === from.protocol && isLoopback(to));
  if (isSecure && to.username === '' && to.password === '') return;
  throw new OriginNotAllowedError(
    { connector },
    `The provider of connector '${connector}' redirects to plain http, or to a URL with a password, ` +
      'where no request is sent. Call the address that it redirects to itself, if that is yours.',
  );
}

/** Also where it is so malformed that it cannot be parsed. */
function isAbsolute(url: string): boolean {
  return URL.canParse(url) || /^[a-z][a-z\d+.-]*:/i.test(url);
}

function parse(url: string | URL, { baseURL, origins, connector: { id } }: ProviderEndpoint): URL {
  const parsed = parsedOrNot(url);
  if (parsed !== undefined) return parsed;
  if (baseURL !== undefined) {
    throw new InvalidRequestError(`The URL for connector '${id}' is neither absolute nor a path`);
  }
  throw new OriginNotAllowedError(
    { connector: id },
    origins.length === 0
      ? withoutAddress(id)
      : `Connector '${id}' has no base URL that a path could be below. Give an absolute URL at ` +
          `${origins.join(' or ')}, or a baseURL in ConnectorsModule.forFeature().`,
  );
}

function parsedOrNot(url: string | URL): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

/**
 * What is wrong when nothing is known of where a connector's API is.
 *
 * @internal
 */
export function withoutAddress(connector: string): string {
  return (
    `No address of connector '${connector}' is known. Declare one, if that is its name: ` +
    `ConnectorsModule.forFeature([{ connector: '${connector}', baseURL: … }]).`
  );
}

function originNotAllowed(connector: string, url: URL, origins: readonly string[]): Error {
  return new OriginNotAllowedError(
    { connector },
    origins.length === 0
      ? withoutAddress(connector)
      : `The token of connector '${connector}' may not be sent to ${nameOf(url)}. It is for ` +
          `${origins.join(' and ')}; others are declared in ConnectorsModule.forFeature().`,
  );
}

function allowed(url: URL, origins: readonly string[], { connector }: ProviderEndpoint): URL {
  const isPlain = url.username === '' && url.password === '';
  if (isPlain && origins.some((origin) => origin.toLowerCase() === url.origin)) return url;
  throw originNotAllowed(connector.id, url, origins);
}

function nameOf({ origin, protocol, username, password }: URL): string {
  if (username !== '' || password !== '') return `${origin} with a user name or password`;
  return origin === 'null' ? `a ${protocol} URL` : origin;
}
