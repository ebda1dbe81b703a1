import type { Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConnectorsVerifier } from './bootstrap/connectors.verifier.js';
import { createServiceRoleClient } from './clients/create-service-role-client.js';
import { ServiceRoleClient } from './clients/service-role.client.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { Clock } from './connections/clock.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import { createSharedConnections } from './connections/shared/create-shared-connections.js';
import { SharedConnections } from './connections/shared/shared-connections.js';
import { CONNECTORS_INSTANCE, CONNECTORS_MODULE_OPTIONS } from './connectors.module-definition.js';
import { ConnectorsService } from './connectors.service.js';
import { RequiredConnectors } from './discovery/required-connectors.js';
import { Actor } from './identity/actor.js';
import { IdentityReader } from './identity/identity.reader.js';
import { RequestContext } from './identity/request-context.js';
import { Secret } from './identity/secret.js';
import type { ConnectorsOptions } from './options/connectors.options.js';
import { validateOptions } from './options/connectors-options.validator.js';
import { MeteredCalls } from './provider-http/metered-calls.js';
import { Patience } from './provider-http/patience.js';
import { ProviderApis } from './provider-http/provider-apis.js';
import { ProviderFetch } from './provider-http/provider-fetch.js';
import { ProviderHttp } from './provider-http/provider-http.js';
import { ProviderAdapter } from './provider-http/provider.adapter.js';
import { Providers } from './provider-http/providers.js';
import { ResiliencePolicy } from './resilience/resilience.policy.js';

/** The validated options. */
const CONNECTORS_OPTIONS = Symbol('CONNECTORS_OPTIONS');

interface Instance {
  readonly name: string | undefined;
}

/** Calling the providers behind the connectors. */
const providerCalls: Provider[] = [
  {
    provide: ProviderApis,
    useFactory: (modules: ModulesContainer, { name }: Instance) => new ProviderApis(modules, name),
    inject: [ModulesContainer, CONNECTORS_INSTANCE],
  },
  {
    provide: MeteredCalls,
    useFactory: (client: ServiceRoleClient, policy: ResiliencePolicy) =>
      new MeteredCalls(client, policy),
    inject: [ServiceRoleClient, ResiliencePolicy],
  },
  {
    provide: Patience,
    useFactory: (options: Secret<ConnectorsOptions>) => new Patience(options.reveal().resilience),
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: ProviderFetch,
    useFactory: (resolver: ConnectionResolver, metered: MeteredCalls, patience: Patience) =>
      new ProviderFetch(resolver, metered, patience),
    inject: [ConnectionResolver, MeteredCalls, Patience],
  },
  {
    provide: ProviderHttp,
    useFactory: (
      resolver: ConnectionResolver,
      patience: Patience,
      actor: Actor,
      options: Secret<ConnectorsOptions>,
    ) => new ProviderHttp(new ProviderAdapter(resolver, patience), actor, options.reveal()),
    inject: [ConnectionResolver, Patience, Actor, CONNECTORS_OPTIONS],
  },
  {
    provide: Providers,
    useFactory: (
      apis: ProviderApis,
      metered: MeteredCalls,
      providerFetch: ProviderFetch,
      providerHttp: ProviderHttp,
      patience: Patience,
    ) => new Providers(apis, metered, providerFetch, providerHttp, patience),
    inject: [ProviderApis, MeteredCalls, ProviderFetch, ProviderHttp, Patience],
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
    provide: SharedConnections,
    useFactory: (clock: Clock, options: Secret<ConnectorsOptions>) =>
      createSharedConnections(options.reveal(), clock) ?? null,
    inject: [Clock, CONNECTORS_OPTIONS],
  },
  {
    provide: ConnectionResolver,
    useFactory: (
      client: ServiceRoleClient,
      policy: ResiliencePolicy,
      clock: Clock,
      shared: SharedConnections | null,
      options: Secret<ConnectorsOptions>,
    ) => new ConnectionResolver(client, policy, clock, options.reveal().cache, shared ?? undefined),
    inject: [ServiceRoleClient, ResiliencePolicy, Clock, SharedConnections, CONNECTORS_OPTIONS],
  },
  {
    provide: IdentityReader,
    useFactory: (options: Secret<ConnectorsOptions>) => new IdentityReader(options.reveal()),
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: Actor,
    useFactory: (reader: IdentityReader) => Actor.ofCurrentRequest(reader),
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
