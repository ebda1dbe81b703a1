import type { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import axios, { type AxiosAdapter, type CreateAxiosDefaults } from 'axios';
import type { Secret } from '../../common/secret.js';
import { ConnectorMeteredError } from '../../errors/connection.errors.js';
import { IdentitySource } from '../../identity/identity.source.js';
import { CONNECTORS_OPTIONS, type ConnectorsOptions } from '../../options/connectors.options.js';
import type { CallContext } from '../call-context.js';
import type { ProviderEndpoint } from '../provider-endpoint.js';
import { requireAddress } from '../url.errors.js';
import { AuthorizingAdapter } from './authorizing.adapter.js';
import { type HttpServiceClass, NestAxios } from './nest-axios.js';

/** The settings of axios that route a request, or observe it. */
const ROUTING_DEFAULTS = [
  'baseURL',
  'proxy',
  'httpAgent',
  'httpsAgent',
  'transport',
  'lookup',
  'beforeRedirect',
];

/** The `HttpService` that all callers share, and the adapter that it was created with. */
interface SharedHttpService {
  readonly http: HttpService;
  readonly adapter: AxiosAdapter;
}

/**
 * Creates an `HttpService` for each connector. Its own axios instance adds the token.
 *
 * @internal
 */
@Injectable()
export class HttpServiceFactory {
  readonly #proxySettings: { readonly proxy?: false };
  readonly #services = new Map<ProviderEndpoint, SharedHttpService>();

  constructor(
    @Inject(AuthorizingAdapter) private readonly adapter: AuthorizingAdapter,
    @Inject(IdentitySource) private readonly sharedIdentitySource: IdentitySource,
    @Inject(NestAxios) private readonly nestAxios: NestAxios,
    @Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>,
  ) {
    this.#proxySettings = options.reveal().useEnvironmentProxy ? {} : { proxy: false };
  }

  /**
   * Returns the shared service of an endpoint. For another identity source, returns a new service
   * with the same defaults and interceptors.
   *
   * @throws {@link ConnectorMeteredError} when the connector has no token because it is metered
   * @throws `ConnectorsConfigurationError` when the address of the API is unknown, or
   * `@nestjs/axios` cannot be loaded
   */
  get(context: CallContext): HttpService {
    const { endpoint, identitySource } = context;
    const { http, adapter } = this.#getShared(endpoint);
    if (identitySource === this.sharedIdentitySource) return http;
    // A test may have replaced the adapter.
    const isReplaced = http.axiosRef.defaults.adapter !== adapter;
    return copyHttpService(http, isReplaced ? {} : { adapter: this.#createAdapter(context) });
  }

  /**
   * Creates a service for an address of one call, so it is not shared. Throws like {@link get}.
   */
  create(context: CallContext): HttpService {
    requireCallable(context.endpoint);
    return this.#create(context).http;
  }

  #getShared(endpoint: ProviderEndpoint): SharedHttpService {
    requireCallable(endpoint);
    const identitySource = this.sharedIdentitySource;
    const shared = this.#services.get(endpoint) ?? this.#create({ endpoint, identitySource });
    this.#services.set(endpoint, shared);
    return shared;
  }

  #create(context: CallContext): SharedHttpService {
    const { HttpService } = this.nestAxios;
    const { endpoint } = context;
    const adapter = this.#createAdapter(context);
    const instance = axios.create();
    // The routing that the application sets on its global axios must not apply to tokens.
    for (const name of ROUTING_DEFAULTS) Reflect.deleteProperty(instance.defaults, name);
    const baseURL = endpoint.baseURL === undefined ? {} : { baseURL: endpoint.baseURL };
    Object.assign(instance.defaults, { adapter, ...this.#proxySettings, ...baseURL });
    return { http: new HttpService(instance), adapter };
  }

  #createAdapter(context: CallContext): AxiosAdapter {
    return (config) => this.adapter.send(context, config);
  }
}

function requireCallable(endpoint: ProviderEndpoint): void {
  const { connector, isMetered } = endpoint;
  if (isMetered) throw new ConnectorMeteredError({ connector: connector.id });
  requireAddress(endpoint);
}

/**
 * Copies an `HttpService` with its defaults and interceptors. Later changes to the copy do not affect
 * the original.
 *
 * @internal
 */
export function copyHttpService(http: HttpService, changes: CreateAxiosDefaults = {}): HttpService {
  const { axiosRef } = http;
  const copy = axiosRef.create(changes);
  copy.interceptors.request.handlers = [...(axiosRef.interceptors.request.handlers ?? [])];
  copy.interceptors.response.handlers = [...(axiosRef.interceptors.response.handlers ?? [])];
  return new (http.constructor as HttpServiceClass)(copy);
}
