import type { Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConnectorsVerifier } from './connectors.verifier.js';
import { createServiceRoleClient } from './base44/service-role-client.factory.js';
import { ServiceRoleClient } from './base44/service-role.client.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { Clock } from './common/clock.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import { createSharedConnectionStore } from './connections/shared/shared-connection-store.factory.js';
import { SharedConnectionStore } from './connections/shared/shared-connection.store.js';
import { CONNECTORS_INSTANCE, CONNECTORS_MODULE_OPTIONS } from './connectors.module-definition.js';
import { ConnectorsService } from './connectors.service.js';
import { RequiredConnectors } from './discovery/required-connectors.js';
import { IdentitySource } from './identity/identity.source.js';
import { IdentityReader } from './identity/identity.reader.js';
import { RequestContext } from './identity/request-context.js';
import { Secret } from './common/secret.js';
import type { ConnectorsOptions } from './options/connectors.options.js';
import { validateOptions } from './options/connectors-options.validator.js';
import { MeteredCalls } from './base44/metered-calls.js';
import { ThrottlingRetryPolicy } from './provider-client/throttling-retry.policy.js';
import { ProviderEndpointRegistry } from './provider-client/provider-endpoint.registry.js';
import { FetchClient } from './provider-client/fetch/fetch.client.js';
import { HttpServiceFactory } from './provider-client/axios/http-service.factory.js';
import { AuthorizingAdapter } from './provider-client/axios/authorizing.adapter.js';
import { ProviderClient } from './provider-client/provider.client.js';
import { ResiliencePolicy } from './resilience/resilience.policy.js';

/** The validated options. */
const CONNECTORS_OPTIONS = Symbol('CONNECTORS_OPTIONS');

interface Instance {
  readonly name: string | undefined;
}

/** Calling the providers behind the connectors. */
const providerCalls: Provider[] = [
  {
    provide: ProviderEndpointRegistry,
    useFactory: (modules: ModulesContainer, { name }: Instance) =>
      new ProviderEndpointRegistry(modules, name),
    inject: [ModulesContainer, CONNECTORS_INSTANCE],
  },
  {
    provide: MeteredCalls,
    useFactory: (client: ServiceRoleClient, policy: ResiliencePolicy) =>
      new MeteredCalls(client, policy),
    inject: [ServiceRoleClient, ResiliencePolicy],
  },
  {
    provide: ThrottlingRetryPolicy,
    useFactory: (options: Secret<ConnectorsOptions>) =>
      new ThrottlingRetryPolicy(options.reveal().resilience),
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: FetchClient,
    useFactory: (
      resolver: ConnectionResolver,
      metered: MeteredCalls,
      patience: ThrottlingRetryPolicy,
    ) => new FetchClient(resolver, metered, patience),
    inject: [ConnectionResolver, MeteredCalls, ThrottlingRetryPolicy],
  },
  {
    provide: HttpServiceFactory,
    useFactory: (
      resolver: ConnectionResolver,
      patience: ThrottlingRetryPolicy,
      actor: IdentitySource,
      options: Secret<ConnectorsOptions>,
    ) =>
      new HttpServiceFactory(new AuthorizingAdapter(resolver, patience), actor, options.reveal()),
    inject: [ConnectionResolver, ThrottlingRetryPolicy, IdentitySource, CONNECTORS_OPTIONS],
  },
  {
    provide: ProviderClient,
    useFactory: (
      apis: ProviderEndpointRegistry,
      metered: MeteredCalls,
      providerFetch: FetchClient,
      providerHttp: HttpServiceFactory,
      patience: ThrottlingRetryPolicy,
    ) => new ProviderClient(apis, metered, providerFetch, providerHttp, patience),
    inject: [
      ProviderEndpointRegistry,
      MeteredCalls,
      FetchClient,
      HttpServiceFactory,
      ThrottlingRetryPolicy,
    ],
  },
];

/**
 * What an instance of `ConnectorsModule` is made of.
 *
 * @internal
 */
export const providers: Provider[] = [
  {
    provide: CONNECTORS_OPTIONS,
    // A test that overrides the options gives them as they are.
    useFactory: (options: unknown) =>
      new Secret(validateOptions(options instanceof Secret ? options.reveal() : options)),
    inject: [CONNECTORS_MODULE_OPTIONS],
  },
  {
    provide: ServiceRoleClient,
    useFactory: (options: Secret<ConnectorsOptions>) => createServiceRoleClient(options.reveal()),
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: ResiliencePolicy,
    useFactory: (options: Secret<ConnectorsOptions>) =>
      new ResiliencePolicy(options.reveal().resilience),
    inject: [CONNECTORS_OPTIONS],
  },
  Clock,
  {
    provide: SharedConnectionStore,
    useFactory: (clock: Clock, options: Secret<ConnectorsOptions>) =>
      createSharedConnectionStore(options.reveal(), clock) ?? null,
    inject: [Clock, CONNECTORS_OPTIONS],
  },
  {
    provide: ConnectionResolver,
    useFactory: (
      client: ServiceRoleClient,
      policy: ResiliencePolicy,
      clock: Clock,
      shared: SharedConnectionStore | null,
      options: Secret<ConnectorsOptions>,
    ) => new ConnectionResolver(client, policy, clock, options.reveal().cache, shared ?? undefined),
    inject: [ServiceRoleClient, ResiliencePolicy, Clock, SharedConnectionStore, CONNECTORS_OPTIONS],
  },
  {
    provide: IdentityReader,
    useFactory: (options: Secret<ConnectorsOptions>) => new IdentityReader(options.reveal()),
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: IdentitySource,
    useFactory: (reader: IdentityReader) => IdentitySource.ofCurrentRequest(reader),
    inject: [IdentityReader],
  },
  RequestContext,
  {
    provide: AppUserConnections,
    useFactory: (
      client: ServiceRoleClient,
      policy: ResiliencePolicy,
      resolver: ConnectionResolver,
    ) => new AppUserConnections(client, policy, resolver),
    inject: [ServiceRoleClient, ResiliencePolicy, ConnectionResolver],
  },
  {
    provide: RequiredConnectors,
    useFactory: (modules: ModulesContainer, { name }: Instance) =>
      new RequiredConnectors(modules, name),
    inject: [ModulesContainer, CONNECTORS_INSTANCE],
  },
  ...providerCalls,
  ConnectorsService,
  {
    provide: ConnectorsVerifier,
    useFactory: (connectors: ConnectorsService, options: Secret<ConnectorsOptions>) =>
      new ConnectorsVerifier(connectors, options.reveal().verifyOnBootstrap),
    inject: [ConnectorsService, CONNECTORS_OPTIONS],
  },
];
