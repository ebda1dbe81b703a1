import { randomUUID } from 'node:crypto';
import { type DynamicModule, Module } from '@nestjs/common';
import { createClientProviders } from './connectors-feature.clients.js';
import { createHttpProvider } from './connectors-feature.http.js';
import type { DeclaredClient } from './decorators/client-source.js';
import type { ConnectorFeature } from './interfaces/connector-feature.interface.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';
import {
  type DeclaredConnector,
  parseFeatures,
} from './provider-client/connector-feature.parser.js';
import { DECLARED_CONNECTORS } from './provider-client/provider-endpoint.registry.js';

/**
 * Provides the `HttpService` and the client of each connector that `ConnectorsModule.forFeature()`
 * declares, and the declarations, which `ConnectorsModule` reads.
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
    const services = [
      ...declared.map(createHttpProvider),
      ...declared.filter(hasClient).flatMap(createClientProviders),
    ];
    return {
      module: ConnectorsFeatureModule,
      imports,
      providers: [
        { provide: DECLARED_CONNECTORS, useValue: declared },
        // Makes the module unique, because Nest's deep-hash algorithm cannot distinguish clients with the same code.
        { provide: Symbol(randomUUID()), useValue: undefined },
        ...services,
      ],
      exports: services.map(({ provide }) => provide),
    };
  }
}

function hasClient(declared: DeclaredConnector): declared is DeclaredClient {
  return declared.client !== undefined;
}
