import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { toConnectorKey } from '../common/connector-ref.formatter.js';
import { findProvidedValues } from '../discovery/provided-values.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { Connector } from '../interfaces/connector.interface.js';
import { CONNECTORS_INSTANCE, type ConnectorsInstance } from '../options/connectors.options.js';
import type { DeclaredConnector } from './connector-feature.parser.js';
import { type ProviderEndpoint, toProviderEndpoint } from './provider-endpoint.js';
import { requireAddress } from './url.errors.js';

/**
 * The token under which `forFeature` provides the declarations of an application.
 *
 * @internal
 */
export const DECLARED_CONNECTORS = Symbol.for('nestjs-base44-connectors.declared-connectors');

/**
 * Holds the endpoints of providers: declared in any module of the application, or in the catalogue.
 *
 * @internal
 */
@Injectable()
export class ProviderEndpointRegistry {
  /** Private, because an inspection would show the whole container. */
  readonly #modules: ModulesContainer;
  readonly #endpoints = new Map<string, ProviderEndpoint>();
  #moduleCount = 0;

  /**
   * @throws {@link ConnectorsConfigurationError} when a connector is declared twice with different options
   */
  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(CONNECTORS_INSTANCE) private readonly instance: ConnectorsInstance,
  ) {
    this.#modules = modules;
    this.#readDeclarations();
  }

  /** Returns the endpoint of a connector: the same object until its declaration changes. */
  get(connector: Connector): ProviderEndpoint {
    // Lazily loaded modules may declare connectors too.
    if (this.#modules.size !== this.#moduleCount) this.#readDeclarations();
    const key = toConnectorKey(connector);
    const registered = this.#endpoints.get(key);
    if (registered !== undefined) return registered;
    const endpoint = toProviderEndpoint(connector);
    // Callers choose unknown names, so caching them would grow without limit.
    if (endpoint.origins.length > 0) this.#endpoints.set(key, endpoint);
    return endpoint;
  }

  #readDeclarations(): void {
    this.#moduleCount = this.#modules.size;
    for (const { connector, client } of this.#getDeclarations()) {
      const key = toConnectorKey(connector);
      const endpoint = this.#toEndpoint(connector);
      if (client !== undefined) requireAddress(endpoint);
      // An unchanged endpoint stays the same object because HTTP services are cached by it.
      if (!isDeepStrictEqual(this.#endpoints.get(key), endpoint)) {
        this.#endpoints.set(key, endpoint);
      }
    }
  }

  #toEndpoint(connector: Connector): ProviderEndpoint {
    const [first, ...others] = this.#getDeclarations()
      .filter(
        (declared) => isDeepStrictEqual(declared.connector, connector) && hasOptions(declared),
      )
      .map((declared) => toProviderEndpoint(connector, declared));
    if (others.some((other) => !isDeepStrictEqual(other, first))) {
      throw new ConnectorsConfigurationError(
        `ConnectorsModule.forFeature() declares '${connector.id}' twice with different options. ` +
          'Declare the same options, or declare them in one module only.',
      );
    }
    return first ?? toProviderEndpoint(connector);
  }

  #getDeclarations(): DeclaredConnector[] {
    return findProvidedValues<DeclaredConnector[]>(DECLARED_CONNECTORS, this.#modules)
      .flat()
      .filter(({ instance }) => instance === this.instance.name);
  }
}

/** Returns whether a declaration has options. Without them, the options of another module apply. */
function hasOptions({ baseURL, allowedOrigins, retry }: DeclaredConnector): boolean {
  return [baseURL, allowedOrigins, retry].some((option) => option !== undefined);
}
