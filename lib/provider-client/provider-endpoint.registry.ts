import { isDeepStrictEqual } from 'node:util';
import type { ModulesContainer } from '@nestjs/core';
import { findProvidedValues } from '../discovery/provided-values.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { DeclaredConnector } from './connector-feature.parser.js';
import { type ProviderEndpoint, toProviderEndpoint } from './provider-endpoint.js';

/**
 * Where `forFeature` leaves what an application declares.
 *
 * @internal
 */
export const DECLARED_CONNECTORS = Symbol('DECLARED_CONNECTORS');

/**
 * How providers are called: as the application declares, wherever it does, or as the catalogue says.
 *
 * @internal
 */
export class ProviderEndpointRegistry {
  readonly #modules: ModulesContainer;
  readonly #instance: string | undefined;
  readonly #known = new Map<string, ProviderEndpoint>();
  #modulesSeen = 0;

  /**
   * @throws {@link ConnectorsConfigurationError} when a connector is declared twice, in differing ways
   */
  constructor(modules: ModulesContainer, instance: string | undefined) {
    this.#modules = modules;
    this.#instance = instance;
    this.#readDeclared();
  }

  of(connector: Connector): ProviderEndpoint {
    // Modules may be loaded later, and declare more.
    if (this.#modules.size !== this.#modulesSeen) this.#readDeclared();
    const name = nameOf(connector);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const api = toProviderEndpoint(connector);
    // Others are anything that anybody asks for.
    if (api.origins.length > 0) this.#known.set(name, api);
    return api;
  }

  #readDeclared(): void {
    this.#modulesSeen = this.#modules.size;
    for (const { connector } of this.#declared()) {
      const name = nameOf(connector);
      const api = this.#find(connector);
      // The same one stays, for others know it by that.
      if (!isDeepStrictEqual(this.#known.get(name), api)) this.#known.set(name, api);
    }
  }

  #find(connector: Connector): ProviderEndpoint {
    const [first, ...others] = this.#declared()
      .filter((declared) => isDeepStrictEqual(declared.connector, connector) && saysMore(declared))
      .map((declared) => toProviderEndpoint(connector, declared));
    if (others.some((other) => !isDeepStrictEqual(other, first))) {
      throw new ConnectorsConfigurationError(
        `ConnectorsModule.forFeature() declares '${connector.id}' twice, in differing ways. ` +
          'Declare it alike, or with its options in one module only.',
      );
    }
    return first ?? toProviderEndpoint(connector);
  }

  #declared(): DeclaredConnector[] {
    return findProvidedValues<DeclaredConnector[]>(DECLARED_CONNECTORS, this.#modules)
      .flat()
      .filter(({ instance }) => instance === this.#instance);
  }
}

function nameOf({ kind, id }: Connector): string {
  return `${kind}:${id}`;
}

/** A name alone takes over what is declared elsewhere. */
function saysMore({ baseURL, allowedOrigins, retry }: DeclaredConnector): boolean {
  return [baseURL, allowedOrigins, retry].some((option) => option !== undefined);
}
