import { HttpService } from '@nestjs/axios';
import type { OnApplicationShutdown } from '@nestjs/common';
import axios, { type AxiosAdapter, type CreateAxiosDefaults } from 'axios';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ConnectorMeteredError } from '../errors/connector.errors.js';
import type { Actor } from '../identity/actor.js';
import type { ConnectorsOptions } from '../options/connectors.options.js';
import type { ProviderAdapter } from './provider.adapter.js';
import type { ProviderApi } from './provider-api.js';

const POOL = { keepAlive: true, maxFreeSockets: 64 };

/**
 * Gives an `HttpService` for each connector, whose axios instance attaches the token.
 *
 * @internal
 */
export class ProviderHttp implements OnApplicationShutdown {
  readonly #adapter: ProviderAdapter;
  readonly #actor: Actor;
  readonly #agents = { httpAgent: new HttpAgent(POOL), httpsAgent: new HttpsAgent(POOL) };
  readonly #proxy: { readonly proxy?: false };
  readonly #services = new Map<ProviderApi, HttpService>();

  /** @param actor - whom those act for that are bound to nobody else */
  constructor(
    adapter: ProviderAdapter,
    actor: Actor,
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
   */
  of(api: ProviderApi, actor: Actor): HttpService {
    if (api.isMetered) throw new ConnectorMeteredError({ connector: api.connector.id });
    const shared = this.#services.get(api) ?? this.#create(api);
    this.#services.set(api, shared);
    return actor === this.#actor
      ? shared
      : copyOfHttp(shared, { adapter: this.#adapterFor(api, actor) });
  }

  onApplicationShutdown(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #create(api: ProviderApi): HttpService {
    const instance = axios.create({
      ...this.#agents,
      ...this.#proxy,
      ...(api.baseURL === undefined ? {} : { baseURL: api.baseURL }),
      adapter: this.#adapterFor(api, this.#actor),
    });
    return new HttpService(instance);
  }

  #adapterFor(api: ProviderApi, actor: Actor): AxiosAdapter {
    return (config) => this.#adapter.send({ api, actor }, config);
  }
}

/**
 * One with the same defaults and interceptors. What is added to these stays with it.
 *
 * @internal
 */
export function copyOfHttp(
  { axiosRef: { defaults, interceptors } }: HttpService,
  changes: CreateAxiosDefaults = {},
): HttpService {
  const copy = axios.create({ ...(defaults as CreateAxiosDefaults), ...changes });
  copy.interceptors.request.handlers = [...(interceptors.request.handlers ?? [])];
  copy.interceptors.response.handlers = [...(interceptors.response.handlers ?? [])];
  return new HttpService(copy);
}
