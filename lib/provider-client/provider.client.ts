import type { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import { copyOwnProperties } from '../common/own-properties.js';
import type { IdentitySource } from '../identity/identity.source.js';
import type {
  ConnectorFetchInit,
  ProviderAddress,
} from '../interfaces/connector-feature.interface.js';
import type { ConnectorFetchOptions } from '../interfaces/connector-fetch-options.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import { HttpServiceFactory } from './axios/http-service.factory.js';
import { FetchClient } from './fetch/fetch.client.js';
import { checkOptionNames, withAddress } from './call-address.js';
import { ProviderEndpointRegistry } from './provider-endpoint.registry.js';

/**
 * Calls the APIs of the providers behind connectors.
 *
 * @internal
 */
@Injectable()
export class ProviderClient {
  constructor(
    @Inject(ProviderEndpointRegistry) private readonly endpoints: ProviderEndpointRegistry,
    @Inject(FetchClient) private readonly fetchClient: FetchClient,
    @Inject(HttpServiceFactory) private readonly httpServices: HttpServiceFactory,
  ) {}

  fetch(
    connector: Connector,
    identitySource: IdentitySource,
    url: string | URL | Request,
    init?: ConnectorFetchInit,
  ): Promise<Response> {
    const endpoint = this.endpoints.get(connector);
    return this.fetchClient.fetch({ endpoint, identitySource }, url, init);
  }

  /** Returns a standard `fetch`, bound to the current identity of the source. */
  fetchFor(
    connector: Connector,
    identitySource: IdentitySource,
    options: ConnectorFetchOptions,
  ): typeof fetch {
    checkOptionNames(options, ['baseURL', 'allowedOrigins', 'retry'], connector);
    const { retry, ...address } = copyOwnProperties(options);
    const frozen = identitySource.freeze();
    withAddress(this.endpoints.get(connector), address);
    return async (input, init) => {
      const known = withAddress(this.endpoints.get(connector), address);
      const endpoint = { ...known, retry: retry ?? known.retry };
      return this.fetchClient.fetchForSdk({ endpoint, identitySource: frozen }, input, init);
    };
  }

  http(
    connector: Connector,
    identitySource: IdentitySource,
    address: ProviderAddress,
  ): HttpService {
    checkOptionNames(address, ['baseURL', 'allowedOrigins'], connector);
    const known = this.endpoints.get(connector);
    const endpoint = withAddress(known, address);
    const context = { endpoint, identitySource };
    return endpoint === known ? this.httpServices.get(context) : this.httpServices.create(context);
  }
}
