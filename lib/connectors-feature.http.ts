import type { HttpService } from '@nestjs/axios';
import { type FactoryProvider, Scope } from '@nestjs/common';
import { describeCopies } from './connectors.copies.js';
import type { ConnectorsService } from './connectors.service.js';
import { getConnectorHttpToken, getConnectorsToken } from './connectors.tokens.js';
import { getHttpService } from './decorators/replaced-service.js';
import { throwModuleNotImported } from './errors/module-not-imported.error.js';
import type { DeclaredConnector } from './provider-client/connector-feature.parser.js';

/**
 * Creates the provider of a connector's `HttpService`.
 *
 * @internal
 */
export function createHttpProvider({
  ref,
  instance,
  client,
}: DeclaredConnector): FactoryProvider<HttpService> {
  return {
    provide: getConnectorHttpToken(ref, instance),
    // A client works without @nestjs/axios and for a metered connector, so only an injection may fail.
    scope: client === undefined ? Scope.DEFAULT : Scope.TRANSIENT,
    inject: [{ token: getConnectorsToken(instance), optional: true }],
    useFactory: (connectors?: ConnectorsService) =>
      getHttpService(requireModule(connectors, instance, 'an HttpService'), ref),
  };
}

/**
 * Returns the service, which the module of the declaration needs.
 *
 * @param provided - the value that the declaration provides
 * @throws `ConnectorsConfigurationError` when it is not available
 * @internal
 */
export function requireModule(
  connectors: ConnectorsService | undefined,
  instance: string | undefined,
  provided: string,
): ConnectorsService {
  if (connectors !== undefined) return connectors;
  throwModuleNotImported({
    instance,
    dependent: `ConnectorsModule.forFeature() registers ${provided}`,
    localRemedy:
      'pass the module that exports it to forFeature: forFeature([…], { imports: [ThatModule] })',
    copies: describeCopies(),
  });
}
