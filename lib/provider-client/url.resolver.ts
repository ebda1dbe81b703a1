import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { ProviderEndpoint } from './provider-endpoint.js';
import { createOriginError, createUnresolvableUrlError } from './url.errors.js';
import { expandTemplate, hasPlaceholders } from './url-template.js';

/**
 * Returns the URL of a call with a connection.
 *
 * @throws `OriginNotAllowedError` when the URL must not receive the token
 * @throws `InvalidRequestError` when the URL cannot be parsed
 * @throws `UnexpectedResponseError` when the connection has no value for a placeholder
 * @internal
 */
export type UrlResolver = (connection: Pick<ConnectorConnection, 'connectionConfig'>) => URL;

/** Replaces the placeholders of a template with values of the connection. */
type Expand = (template: string) => string;

/**
 * Creates the resolver of one call's URL. Without placeholders, the URL does not depend on the
 * connection, so it is checked at once.
 *
 * @param getUrl - returns the URL that the caller requests
 * @throws the errors of {@link UrlResolver}
 * @internal
 */
export function createUrlResolver(
  endpoint: ProviderEndpoint,
  getUrl: (expand: Expand) => string,
): UrlResolver {
  const { baseURL, origins } = endpoint;
  const resolve = (expand: Expand): URL =>
    checkOrigin(parseUrl(getUrl(expand), endpoint), expand, endpoint);
  if ([baseURL, ...origins].some((each) => each !== undefined && hasPlaceholders(each))) {
    return ({ connectionConfig }) =>
      resolve((template) => expandTemplate(template, connectionConfig, endpoint));
  }
  const url = resolve((template) => template);
  return () => url;
}

/**
 * Appends a relative URL to the base URL. Returns an absolute URL unchanged, and expands nothing for it.
 *
 * @internal
 */
export function joinUrl(template: string | undefined, url: string, expand: Expand): string {
  if (isAbsolute(url) || template === undefined) return url;
  const baseURL = expand(template);
  // A protocol-relative URL names another host.
  if (/^[\\/]{2}/.test(url)) return baseURL.slice(0, baseURL.indexOf(':') + 1) + url;
  // The slash ends the host, so the URL cannot extend it.
  return `${baseURL}${/^([/?#]|$)/.test(url) ? '' : '/'}${url}`;
}

/**
 * Returns the base of a URL. The path of a link that the API returned contains the path of the base
 * URL already.
 *
 * @internal
 */
export function selectBase(baseURL: string, url: string, linkPath: string | undefined): string {
  const isLink = linkPath !== undefined && url.startsWith(linkPath);
  return isLink ? baseURL.split('/', 3).join('/') : baseURL;
}

/** Returns whether a URL has a scheme, even if it is malformed otherwise. */
function isAbsolute(url: string): boolean {
  return URL.canParse(url) || /^[a-z][a-z\d+.-]*:/i.test(url);
}

function parseUrl(url: string, endpoint: ProviderEndpoint): URL {
  try {
    return new URL(url);
  } catch {
    throw createUnresolvableUrlError(endpoint);
  }
}

function checkOrigin(url: URL, expand: Expand, { connector, origins }: ProviderEndpoint): URL {
  const hasCredentials = url.username !== '' || url.password !== '';
  // A connection without the values of placeholders may call the origins that have none.
  const isAllowed = isOneOf(origins, url) || isOneOf(origins.map(expand), url);
  if (isAllowed && !hasCredentials) return url;
  throw createOriginError(connector, url, origins.map(expand));
}

function isOneOf(origins: readonly string[], url: URL): boolean {
  return origins.some((origin) => origin.toLowerCase() === url.origin);
}
