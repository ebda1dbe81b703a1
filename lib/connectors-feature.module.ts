import type { HttpService } from '@nestjs/axios';
import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { getConnectorHttpToken, getConnectorsToken } from './connectors.tokens.js';
import type { ConnectorsService } from './connectors.service.js';
import { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';
import type { ConnectorFeature } from './interfaces/connector-feature.interface.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';
import {
  type DeclaredConnector,
  parseFeatures,
} from './provider-client/connector-feature.parser.js';
import { DECLARED_CONNECTORS } from './provider-client/provider-endpoint.registry.js';

/**
 * What `ConnectorsModule.forFeature()` returns: the `HttpService` of each connector, and what is
 * declared of them, which `ConnectorsModule` reads.
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
    const services = declared.map(httpProvider);
    return {
      module: ConnectorsFeatureModule,
      imports,
      providers: [{ provide: DECLARED_CONNECTORS, useValue: declared }, ...services],
      exports: services.map(({ provide }) => provide),
    };
  }
}

function httpProvider({ ref, instance }: DeclaredConnector): FactoryProvider<HttpService> {
  return {
    provide: getConnectorHttpToken(ref, instance),
    inject: [{ token: getConnectorsToken(instance), optional: true }],
    useFactory: (connectors?: ConnectorsService) =>
      (connectors ?? throwModuleNotImported(instance)).http(ref),
  };
}

function throwModuleNotImported(instance: string | undefined): never {
  const name = instance === undefined ? '' : ` named '${instance}'`;
  throw new ConnectorsConfigurationError(
    `ConnectorsModule.forFeature() has no ConnectorsModule${name} available to it. Import ` +
      'ConnectorsModule.forRoot(…) in the root module, or, where it is registered with ' +
      'isGlobal: false, give forFeature the module that exports it: forFeature([…], { imports: [ThatModule] }).',
  );
}
