import type { Provider } from '@nestjs/common';
import { createServiceRoleClient } from './base44/service-role-client.factory.js';
import { ServiceRoleClient } from './base44/service-role.client.js';
import { MeteredCalls } from './base44/metered-calls.js';
import { Clock } from './common/clock.js';
import { Secret } from './common/secret.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { ConnectionCache } from './connections/connection.cache.js';
import { ConnectionInvalidator } from './connections/connection.invalidator.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import { InFlightRequests } from './connections/in-flight-requests.js';
import { ResilientStore } from './connections/shared/resilient.store.js';
import {
  createResilientStore,
  createSharedConnectionStore,
} from './connections/shared/shared-connection-store.factory.js';
import { SharedConnectionStore } from './connections/shared/shared-connection.store.js';
import { ConnectorsCore } from './connectors.core.js';
import { AuthorizingAdapter } from './provider-client/axios/authorizing.adapter.js';
import { CONNECTORS_MODULE_OPTIONS } from './connectors.module-definition.js';
import { ConnectorsScopeValidator } from './connectors.scope.validator.js';
import { ConnectorsService } from './connectors.service.js';
import { ConnectorsVerifier } from './connectors.verifier.js';
import { RequiredConnectors } from './discovery/required-connectors.js';
import { IdentityReader } from './identity/identity.reader.js';
import { IdentitySource } from './identity/identity.source.js';
import { RequestContext } from './identity/request-context.js';
import {
  CONNECTORS_INSTANCE,
  CONNECTORS_OPTIONS,
  type ConnectorsOptions,
  REGISTRATION_PROBLEMS,
} from './options/connectors.options.js';
import { validateOptions } from './options/connectors-options.validator.js';
import { HttpServiceFactory } from './provider-client/axios/http-service.factory.js';
import { FetchClient } from './provider-client/fetch/fetch.client.js';
import { ProviderClient } from './provider-client/provider.client.js';
import { ProviderEndpointRegistry } from './provider-client/provider-endpoint.registry.js';
import { ThrottlingRetryPolicy } from './provider-client/throttling-retry.policy.js';
import { ResiliencePolicy } from './resilience/resilience.policy.js';

/**
 * The providers of one instance of `ConnectorsModule`.
 *
 * @internal
 */
export const providers: Provider[] = [
  { provide: CONNECTORS_INSTANCE, useValue: { name: undefined } },
  { provide: REGISTRATION_PROBLEMS, useValue: [] },
  {
    provide: CONNECTORS_OPTIONS,
    // Tests override the options without a `Secret` around them.
    useFactory: (problems: readonly string[], options: unknown) =>
      new Secret(validateOptions(options instanceof Secret ? options.reveal() : options, problems)),
    // Optional, because importing the class without forRoot() provides no options.
    inject: [REGISTRATION_PROBLEMS, { token: CONNECTORS_MODULE_OPTIONS, optional: true }],
  },
  {
    provide: ServiceRoleClient,
    useFactory: (options: Secret<ConnectorsOptions>) => createServiceRoleClient(options.reveal()),
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: ResilientStore,
    useFactory: (options: Secret<ConnectorsOptions>) => createResilientStore(options.reveal()),
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: SharedConnectionStore,
    useFactory: (options: Secret<ConnectorsOptions>, clock: Clock, store: ResilientStore | null) =>
      createSharedConnectionStore(options.reveal(), clock, store),
    inject: [CONNECTORS_OPTIONS, Clock, ResilientStore],
  },
  {
    provide: IdentitySource,
    useFactory: (reader: IdentityReader) => IdentitySource.create(reader),
    inject: [IdentityReader],
  },
  Clock,
  ResiliencePolicy,
  ConnectionCache,
  InFlightRequests,
  ConnectionInvalidator,
  ConnectionResolver,
  AppUserConnections,
  MeteredCalls,
  IdentityReader,
  RequestContext,
  ProviderEndpointRegistry,
  ThrottlingRetryPolicy,
  FetchClient,
  AuthorizingAdapter,
  HttpServiceFactory,
  ProviderClient,
  RequiredConnectors,
  ConnectorsScopeValidator,
  ConnectorsVerifier,
  ConnectorsCore,
  ConnectorsService,
];
