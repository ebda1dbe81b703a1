import { type FactoryProvider, Scope } from '@nestjs/common';
import { INQUIRER, ModuleRef, ModulesContainer } from '@nestjs/core';
import { requireModule } from './connectors-feature.http.js';
import type { ConnectorsService } from './connectors.service.js';
import {
  getClientSourceToken,
  getConnectorClientToken,
  getConnectorsToken,
} from './connectors.tokens.js';
import { ClientSource, type DeclaredClient } from './decorators/client-source.js';
import { isOverridden } from './discovery/provided-values.js';
import { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';

/**
 * Creates the providers of a connector's client: the client that services share, and the source of the
 * clients of handlers.
 *
 * @internal
 */
export function createClientProviders(declared: DeclaredClient): FactoryProvider[] {
  const { ref, instance } = declared;
  const shared = needsUser(declared)
    ? createRejectingProvider(declared)
    : createSharedProvider(declared);
  const source: FactoryProvider<ClientSource> = {
    provide: getClientSourceToken(ref, instance),
    inject: [ModuleRef, ModulesContainer],
    useFactory: (moduleRef: ModuleRef, modules: ModulesContainer) =>
      new ClientSource(declared, () =>
        isOverridden(shared, moduleRef, modules) ? moduleRef.resolve(shared.provide) : undefined,
      ),
  };
  return [source, shared];
}

/** Returns whether the shared client would act for the service role, but its connector belongs to users. */
function needsUser({ connector, clientIdentity }: DeclaredClient): boolean {
  return connector.kind === 'appUserConnector' && clientIdentity !== 'per-call';
}

function createSharedProvider({ ref, instance }: DeclaredClient): FactoryProvider<object> {
  return {
    provide: getConnectorClientToken(ref, instance),
    inject: [
      getClientSourceToken(ref, instance),
      { token: getConnectorsToken(instance), optional: true },
    ],
    useFactory: (source: ClientSource, connectors?: ConnectorsService) =>
      source.createShared(requireModule(connectors, instance, 'a client')),
  };
}

/** Creates a provider that fails startup only if a class injects it. Handlers get clients of their own. */
function createRejectingProvider({
  ref,
  connector: { id },
  instance,
}: DeclaredClient): FactoryProvider<never> {
  return {
    provide: getConnectorClientToken(ref, instance),
    scope: Scope.TRANSIENT,
    inject: [INQUIRER],
    useFactory: (inquirer: object | undefined) => {
      throw new ConnectorsConfigurationError(
        `${inquirer?.constructor.name ?? 'A provider'} injects the client of connector '${id}', which belongs to ` +
          'users. An injected client acts for the service role without a user. Use @ConnectorClient() in ' +
          'handlers, or create a client with connectors.asAppUser(token).fetchFor(connector). If the SDK keeps no ' +
          "queue, declare clientIdentity: 'per-call'.",
      );
    },
  };
}
