import type { HttpService } from '@nestjs/axios';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { MeteredCalls } from '../base44/metered-calls.js';
import type { IdentitySource } from '../identity/identity.source.js';
import type { ConnectorFetchInit } from '../interfaces/connector-feature.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { HttpServiceFactory } from './axios/http-service.factory.js';
import type { FetchClient } from './fetch/fetch.client.js';
import type { ProviderEndpointRegistry } from './provider-endpoint.registry.js';
import type { ThrottlingRetryPolicy } from './throttling-retry.policy.js';

/**
 * Calls the APIs of the providers behind connectors.
 *
 * @internal
 */
export class ProviderClient implements BeforeApplicationShutdown {
  readonly metered: MeteredCalls;
  readonly #endpoints: ProviderEndpointRegistry;
  readonly #fetchClient: FetchClient;
  readonly #httpServices: HttpServiceFactory;
  readonly #throttling: ThrottlingRetryPolicy;

  constructor(
    endpoints: ProviderEndpointRegistry,
    metered: MeteredCalls,
    fetchClient: FetchClient,
    httpServices: HttpServiceFactory,
    throttling: ThrottlingRetryPolicy,
  ) {
    this.#endpoints = endpoints;
    this.metered = metered;
    this.#fetchClient = fetchClient;
    this.#httpServices = httpServices;
    this.#throttling = throttling;
  }

  beforeApplicationShutdown(): void {
    this.#throttling.end();
  }

  fetch(
    connector: Connector,
    identitySource: IdentitySource,
    url: string | URL | Request,
    init?: ConnectorFetchInit,
  ): Promise<Response> {
    const endpoint = this.#endpoints.get(connector);
    return this.#fetchClient.fetch({ endpoint, identitySource }, url, init);
  }

  http(connector: Connector, identitySource: IdentitySource): HttpService {
    return this.#httpServices.get({ endpoint: this.#endpoints.get(connector), identitySource });
  }
}
