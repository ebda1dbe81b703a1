import { Inject, Injectable, type InjectionToken, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ServiceRoleClient } from './base44/service-role.client.js';
import { CONNECTORS_MODULE_OPTIONS } from './connectors.module-definition.js';
import { findProvider } from './discovery/provided-values.js';
import { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';

const REMEDY =
  'ConnectorsModule is created once, so inject singletons only. To act for the sender of each request, ' +
  'configure request: { appUserToken } or request: { base44Headers: true }, or call ' +
  "connectors.asAppUser(token). For each further Base44 app, register an instance: { name: 'crm', … }.";

/**
 * Rejects options and clients that depend on a request. They would make the whole module request-scoped,
 * with a new cache for each request.
 *
 * @internal
 */
@Injectable()
export class ConnectorsScopeValidator implements OnModuleInit {
  /** Private, because an inspection would show the whole container. */
  readonly #modules: ModulesContainer;

  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.#modules = modules;
  }

  /** @throws {@link ConnectorsConfigurationError} */
  onModuleInit(): void {
    if (!this.#isSingleton(CONNECTORS_MODULE_OPTIONS)) {
      throw new ConnectorsConfigurationError(
        'The options of ConnectorsModule depend on a request, because they inject REQUEST, or a provider ' +
          `that is request-scoped or durable. ${REMEDY}`,
      );
    }
    if (!this.#isSingleton(ServiceRoleClient)) {
      throw new ConnectorsConfigurationError(
        'The ServiceRoleClient in extraProviders depends on a request, because it is request-scoped or ' +
          'durable, or injects such a provider. fetchConnection() receives the identity of each request. ' +
          REMEDY,
      );
    }
  }

  #isSingleton(token: InjectionToken): boolean {
    return findProvider(token, this, this.#modules)?.isDependencyTreeStatic() !== false;
  }
}
