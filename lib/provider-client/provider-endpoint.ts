import { removeTrailingSlashes } from '../common/server-url.js';
import { copyOwnProperties } from '../common/own-properties.js';
import type {
  AccountHost,
  ConnectorDescription,
  ScopeRejection,
  TokenRejection,
} from '../connectors.catalogue.js';
import { findDescription } from '../errors/connector-names.js';
import type { ConnectorFeature } from '../interfaces/connector-feature.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import { toOriginTemplate } from './url-template.js';

/**
 * The address of a provider's API, and the settings of calls to it.
 *
 * @internal
 */
export interface ProviderEndpoint {
  readonly connector: Connector;
  /** The base of relative URLs, without a trailing slash. It may contain placeholders. */
  readonly baseURL: string | undefined;
  /** The origins that may receive the token. They may contain placeholders. */
  readonly origins: readonly string[];
  readonly isMetered: boolean;
  readonly retry: boolean;
  readonly tokenRejection: TokenRejection | undefined;
  readonly scopeRejection: ScopeRejection | undefined;
  readonly accountHost: AccountHost | undefined;
  /** The start of paths that are resolved against the origin of the base URL. */
  readonly linkPath: string | undefined;
}

/**
 * Creates the endpoint of a connector from its declaration, completed from the catalogue.
 *
 * @param declared - the declaration in `forFeature`; its `baseURL` replaces the catalogue's origins too
 * @internal
 */
export function toProviderEndpoint(
  connector: Connector,
  declared?: Pick<ConnectorFeature, 'baseURL' | 'allowedOrigins' | 'retry'>,
): ProviderEndpoint {
  const known = describe(connector);
  const baseURL = declared?.baseURL ?? known?.baseURL;
  const knownOrigins = declared?.baseURL === undefined ? known?.origins : undefined;
  const otherOrigins = [...(declared?.allowedOrigins ?? knownOrigins ?? [])].sort();
  const allowed = baseURL === undefined ? otherOrigins : [baseURL, ...otherOrigins];
  return {
    connector,
    baseURL: baseURL === undefined ? undefined : removeTrailingSlashes(baseURL),
    origins: [...new Set(allowed.map(toOriginTemplate))],
    isMetered: known?.isMetered ?? false,
    retry: declared?.retry ?? false,
    tokenRejection: known?.tokenRejection,
    scopeRejection: known?.scopeRejection,
    accountHost: known?.accountHost,
    linkPath: known?.linkPath,
  };
}

function describe({ kind, id }: Connector): ConnectorDescription | undefined {
  const description = kind === 'integrationType' ? findDescription(id) : undefined;
  return description && copyOwnProperties(description);
}
