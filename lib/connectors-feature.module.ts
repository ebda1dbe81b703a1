import type { HttpService } from '@nestjs/axios';
import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { describeCopies } from './connectors.copies.js';
import { getConnectorHttpToken, getConnectorsToken } from './connectors.tokens.js';
import type { ConnectorsService } from './connectors.service.js';
import { getHttpService } from './decorators/replaced-service.js';
import { throwModuleNotImported } from './errors/module-not-imported.error.js';
import type { ConnectorFeature } from './interfaces/connector-feature.interface.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';
import {
  type DeclaredConnector,
  parseFeatures,
} from './provider-client/connector-feature.parser.js';
import { DECLARED_CONNECTORS } from './provider-client/provider-endpoint.registry.js';

/**
 * Provides the `HttpService` of each connector that `ConnectorsModule.forFeature()` declares, and
 * the declarations, which `ConnectorsModule` reads.
 *
 * @internal
 */
@Module({})
export class ConnectorsFeatureModule {
  static register(
    features: readonly (ConnectorRef | ConnectorFeature)[],
    imports: NonNullable<DynamicModule['imports']>,
  ): DynamicModule {
    const declared = parseFeatures(features);
    const services = declared.map(createHttpProvider);
    return {
      module: ConnectorsFeatureModule,
      imports,
      providers: [{ provide: DECLARED_CONNECTORS, useValue: declared }, ...services],
      exports: services.map(({ provide }) => provide),
    };
  }
}

function createHttpProvider({ ref, instance }: DeclaredConnector): FactoryProvider<HttpService> {
  return {
    provide: getConnectorHttpToken(ref, instance),
    inject: [{ token: getConnectorsToken(instance), optional: true }],
    useFactory: (connectors?: ConnectorsService) =>
      getHttpService(connectors ?? throwNotImported(instance), ref),
  };
}

function throwNotImported(instance: string | undefined): never {
  throwModuleNotImported({
    instance,
    dependent: 'ConnectorsModule.forFeature() registers an HttpService',
    localRemedy:
      'pass the module that exports it to forFeature: forFeature([…], { imports: [ThatModule] })',
    copies: describeCopies(),
  });
}
