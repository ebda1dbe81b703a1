import type { HttpService } from '@nestjs/axios';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { IdentitySource } from '../identity/identity.source.js';
import type { ConnectorFetchInit } from '../interfaces/connector-feature.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { MeteredCalls } from '../base44/metered-calls.js';
import type { ThrottlingRetryPolicy } from './throttling-retry.policy.js';
import type { ProviderEndpointRegistry } from './provider-endpoint.registry.js';
import type { FetchClient } from './fetch/fetch.client.js';
import type { HttpServiceFactory } from './axios/http-service.factory.js';

/**
 * Calls the providers behind connectors, on behalf of whoever acts.
 *
 * @internal
 */
export class ProviderClient implements BeforeApplicationShutdown {
  readonly metered: MeteredCalls;
  readonly #apis: ProviderEndpointRegistry;
  readonly #fetch: FetchClient;
  readonly #http: HttpServiceFactory;
  readonly #patience: ThrottlingRetryPolicy;

  constructor(
    apis: ProviderEndpointRegistry,
    metered: MeteredCalls,
    providerFetch: FetchClient,
    providerHttp: HttpServiceFactory,
    patience: ThrottlingRetryPolicy,
  ) {
    this.#apis = apis;
    this.metered = metered;
    this.#fetch = providerFetch;
    this.#http = providerHttp;
    this.#patience = patience;
  }

  beforeApplicationShutdown(): void {
    this.#patience.beforeApplicationShutdown();
  }

  fetch(
    connector: Connector,
    actor: IdentitySource,
    url: string | URL | Request,
    init?: ConnectorFetchInit,
  ): Promise<Response> {
    return this.#fetch.fetch({ api: this.#apis.of(connector), actor }, url, init);
  }

  http(connector: Connector, actor: IdentitySource): HttpService {
    return this.#http.of(this.#apis.of(connector), actor);
  }
}
