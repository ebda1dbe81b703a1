import { CONNECTORS, type ConnectorDescription } from '../connectors.catalogue.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { DeclaredConnector } from './connector-feature.parser.js';
import { toOriginTemplate } from './url-template.js';

/**
 * How the API of a connector's provider is called.
 *
 * @internal
 */
export interface ProviderEndpoint {
  readonly connector: Connector;
  /** May hold placeholders; no slash at its end. */
  readonly baseURL: string | undefined;
  /** Where the token may be sent; may hold placeholders. */
  readonly origins: readonly string[];
  readonly isMetered: boolean;
  readonly retry: boolean;
}

/**
 * @param declared - what the application says of it
 * @internal
 */
export function toProviderEndpoint(
  connector: Connector,
  declared?: DeclaredConnector,
): ProviderEndpoint {
  const known = descriptionOf(connector);
  const baseURL = declared?.baseURL ?? known?.baseURL;
  const own = declared?.baseURL === undefined ? known?.origins : undefined;
  const allowed = [baseURL ?? [], [...(declared?.allowedOrigins ?? own ?? [])].sort()].flat();
  return {
    connector,
    baseURL: baseURL?.replace(/\/+$/, ''),
    origins: [...new Set(allowed.map(toOriginTemplate))],
    isMetered: known?.isMetered ?? false,
    retry: declared?.retry ?? false,
  };
}

function descriptionOf({ kind, id }: Connector): ConnectorDescription | undefined {
  const isKnown = kind === 'integrationType' && Object.hasOwn(CONNECTORS, id);
  return isKnown ? CONNECTORS[id as keyof typeof CONNECTORS] : undefined;
}
