import { HttpService } from '@nestjs/axios';
import type { OnApplicationShutdown } from '@nestjs/common';
import axios, { type AxiosAdapter, type CreateAxiosDefaults } from 'axios';
import { ConnectorMeteredError } from '../../errors/connection.errors.js';
import { ConnectorsConfigurationError } from '../../errors/connectors-configuration.error.js';
import type { IdentitySource } from '../../identity/identity.source.js';
import type { ConnectorsOptions } from '../../options/connectors.options.js';
import type { AuthorizingAdapter } from './authorizing.adapter.js';
import type { ProviderEndpoint } from '../provider-endpoint.js';
import { withoutAddress } from '../url.resolver.js';

/** Settings of axios that say where a request goes, or see it go. */
const ROUTING_DEFAULTS =
  'baseURL proxy httpAgent httpsAgent transport socketPath lookup beforeRedirect'.split(' ');

/** The one for everybody, and the adapter that it was made with. */
interface SharedHttp {
  readonly http: HttpService;
  readonly adapter: AxiosAdapter;
}

/**
 * Gives an `HttpService` for each connector, whose axios instance attaches the token.
 *
 * @internal
 */
export class HttpServiceFactory implements OnApplicationShutdown {
  readonly #adapter: AuthorizingAdapter;
  readonly #actor: IdentitySource;
  readonly #proxy: { readonly proxy?: false };
  readonly #services = new Map<ProviderEndpoint, SharedHttp>();

  /** @param actor - whom those act for that are bound to nobody else */
  constructor(
    adapter: AuthorizingAdapter,
    actor: IdentitySource,
    { useEnvironmentProxy }: Pick<ConnectorsOptions, 'useEnvironmentProxy'>,
  ) {
    this.#adapter = adapter;
    this.#actor = actor;
    this.#proxy = useEnvironmentProxy ? {} : { proxy: false };
  }

  /**
   * The same one for everybody who acts for the same; else one with the same defaults and
   * interceptors.
   *
   * @throws {@link ConnectorMeteredError} when there is no token to attach
   * @throws {@link ConnectorsConfigurationError} when there is nowhere to send it
   */
  of(api: ProviderEndpoint, actor: IdentitySource): HttpService {
    const connector = api.connector.id;
    if (api.isMetered) throw new ConnectorMeteredError({ connector });
    if (api.origins.length === 0) throw new ConnectorsConfigurationError(withoutAddress(connector));
    const shared = this.#services.get(api) ?? this.#create(api);
    this.#services.set(api, shared);
    if (actor === this.#actor) return shared.http;
    const { adapter } = shared.http.axiosRef.defaults;
    // A test may have put another one there.
    const isOwn = adapter === shared.adapter;
    return copyHttpService(shared.http, isOwn ? { adapter: this.#adapterFor(api, actor) } : {});
  }

  onApplicationShutdown(): void {
    this.#adapter.close();
  }

  #create(api: ProviderEndpoint): SharedHttp {
    const adapter = this.#adapterFor(api, this.#actor);
    const instance = axios.create();
    // What the application has set on its global axios leads its own requests, not the token.
    for (const name of ROUTING_DEFAULTS) Reflect.deleteProperty(instance.defaults, name);
    const baseURL = api.baseURL === undefined ? {} : { baseURL: api.baseURL };
    Object.assign(instance.defaults, { adapter, ...this.#proxy, ...baseURL });
    return { http: new HttpService(instance), adapter };
  }

  #adapterFor(api: ProviderEndpoint, actor: IdentitySource): AxiosAdapter {
    return (config) => this.#adapter.send({ api, actor }, config);
  }
}

/**
 * One with the same defaults and interceptors. What is added to these stays with it.
 *
 * @internal
 */
export function copyHttpService(
  { axiosRef }: HttpService,
  changes: CreateAxiosDefaults = {},
): HttpService {
  const copy = axiosRef.create(changes);
  copy.interceptors.request.handlers = [...(axiosRef.interceptors.request.handlers ?? [])];
  copy.interceptors.response.handlers = [...(axiosRef.interceptors.response.handlers ?? [])];
  return new HttpService(copy);
}
