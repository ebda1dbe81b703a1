import type { HttpService } from '@nestjs/axios';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Actor } from '../identity/actor.js';
import type { ConnectorFetchInit } from '../interfaces/connector-feature.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { MeteredCalls } from './metered-calls.js';
import type { Patience } from './patience.js';
import type { ProviderApis } from './provider-apis.js';
import type { ProviderFetch } from './provider-fetch.js';
import type { ProviderHttp } from './provider-http.js';

/**
 * Calls the providers behind connectors, on behalf of whoever acts.
 *
 * @internal
 */
export class Providers implements BeforeApplicationShutdown {
  readonly metered: MeteredCalls;
  readonly #apis: ProviderApis;
  readonly #fetch: ProviderFetch;
  readonly #http: ProviderHttp;
  readonly #patience: Patience;

  constructor(
    apis: ProviderApis,
    metered: MeteredCalls,
    providerFetch: ProviderFetch,
    providerHttp: ProviderHttp,
    patience: Patience,
  ) {
    this.#apis = apis;
    this.metered = metered;
    this.#fetch = providerFetch;
    this.#http = providerHttp;
    this.#patience = patience;
  }

  beforeApplicationShutdown(): void {
    this.#patience.end();
  }

  fetch(
    connector: Connector,
    actor: Actor,
    url: string | URL | Request,
    init?: ConnectorFetchInit,
  ): Promise<Response> {
    return this.#fetch.fetch({ api: this.#apis.of(connector), actor }, url, init);
  }

  http(connector: Connector, actor: Actor): HttpService {
    return this.#http.of(this.#apis.of(connector), actor);
  }
}
