import type { Provider } from '@nestjs/common';
import { createServiceRoleClient } from './base44/service-role-client.factory.js';
import { ServiceRoleClient } from './base44/service-role.client.js';
import { MeteredCalls } from './base44/metered-calls.js';
import { Clock } from './common/clock.js';
import { Secret } from './common/secret.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { ConnectionCache } from './connections/connection.cache.js';
import { ConnectionFetcher } from './connections/connection.fetcher.js';
import { ConnectionInvalidator } from './connections/connection.invalidator.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import { ConnectorStatuses } from './connections/connector-statuses.js';
import { InFlightRequests } from './connections/in-flight-requests.js';
import { createSharedCache } from './connections/shared/shared-cache.factory.js';
import { SharedCache } from './connections/shared/shared-cache.js';
import { ConnectorsCore } from './connectors.core.js';
import { ConnectorEventListeners } from './connectors.event-listeners.js';
import { CONNECTORS_MODULE_OPTIONS } from './connectors.module-definition.js';
import { ConnectorsScopeValidator } from './connectors.scope.validator.js';
import { ConnectorsShutdown } from './connectors.shutdown.js';
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
import { AuthorizedSender } from './provider-client/authorized.sender.js';
import { AuthorizingAdapter } from './provider-client/axios/authorizing.adapter.js';
import { HttpServiceFactory } from './provider-client/axios/http-service.factory.js';
import { NestAxios } from './provider-client/axios/nest-axios.js';
import { FetchClient } from './provider-client/fetch/fetch.client.js';
import { ProviderClient } from './provider-client/provider.client.js';
import { ProviderEndpointRegistry } from './provider-client/provider-endpoint.registry.js';
import { ThrottlingRetryPolicy } from './provider-client/throttling-retry.policy.js';
import { CallDrain } from './resilience/call-drain.js';
import { RefusalCache } from './resilience/refusal.cache.js';
import { ResiliencePolicy } from './resilience/resilience.policy.js';
import { Base44Availability } from './telemetry/base44-availability.js';
import { ConnectionStates } from './telemetry/connection-states.js';
import { ConnectorEventLog } from './telemetry/connector-event.log.js';
import { ConnectorEvents } from './telemetry/connector-events.js';
import { Telemetry } from './telemetry/telemetry.js';

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
    provide: RefusalCache,
    useFactory: (options: Secret<ConnectorsOptions>) => {
      const { cache } = options.reveal();
      return new RefusalCache(cache ? cache.negativeTtlMs : 0);
    },
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: ServiceRoleClient,
    useFactory: (options: Secret<ConnectorsOptions>, refusals: RefusalCache) =>
      createServiceRoleClient(options.reveal(), refusals),
    inject: [CONNECTORS_OPTIONS, RefusalCache],
  },
  {
    provide: SharedCache,
    useFactory: (options: Secret<ConnectorsOptions>, clock: Clock) =>
      createSharedCache(options.reveal(), clock),
    inject: [CONNECTORS_OPTIONS, Clock],
  },
  {
    provide: IdentitySource,
    useFactory: (reader: IdentityReader) => IdentitySource.create(reader),
    inject: [IdentityReader],
  },
  { provide: NestAxios, useFactory: () => NestAxios.load() },
  Clock,
  Telemetry,
  ConnectorEvents,
  ConnectorEventLog,
  ConnectionStates,
  Base44Availability,
  CallDrain,
  ResiliencePolicy,
  ConnectionCache,
  InFlightRequests,
  ConnectionInvalidator,
  ConnectionFetcher,
  ConnectionResolver,
  AppUserConnections,
  MeteredCalls,
  IdentityReader,
  RequestContext,
  ProviderEndpointRegistry,
  ThrottlingRetryPolicy,
  AuthorizedSender,
  FetchClient,
  AuthorizingAdapter,
  HttpServiceFactory,
  ProviderClient,
  RequiredConnectors,
  ConnectorStatuses,
  ConnectorEventListeners,
  ConnectorsScopeValidator,
  ConnectorsShutdown,
  ConnectorsVerifier,
  ConnectorsCore,
  ConnectorsService,
];
