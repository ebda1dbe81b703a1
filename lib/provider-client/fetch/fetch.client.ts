import type { ConnectionResolver } from '../../connections/connection.resolver.js';
import type { IdentitySource } from '../../identity/identity.source.js';
import type { ConnectorConnection } from '../../interfaces/connector-connection.interface.js';
import type { ConnectorFetchInit } from '../../interfaces/connector-feature.interface.js';
import { sendAuthorized } from '../authorized-request.js';
import type { MeteredCalls } from '../../base44/metered-calls.js';
import { toMeteredRequest, toResponse } from './metered-fetch.js';
import type { ProviderEndpoint } from '../provider-endpoint.js';
import { createUrlResolver, resolveUrl, type UrlResolver } from '../url.resolver.js';
import type { ThrottlingRetryPolicy } from '../throttling-retry.policy.js';
import { fetchFollowingRedirects, type FollowedResponse } from './fetch-redirects.js';
import { takeSnapshot } from './request-snapshot.js';

/**
 * What a call is made with, and for whom.
 *
 * @internal
 */
export interface FetchContext {
  readonly api: ProviderEndpoint;
  readonly actor: IdentitySource;
}

/**
 * The standard `fetch`, with the token of a connection.
 *
 * @internal
 */
export class FetchClient {
  readonly #resolver: ConnectionResolver;
  readonly #metered: MeteredCalls;
  readonly #patience: ThrottlingRetryPolicy;

  constructor(
    resolver: ConnectionResolver,
    metered: MeteredCalls,
    patience: ThrottlingRetryPolicy,
  ) {
    this.#resolver = resolver;
    this.#metered = metered;
    this.#patience = patience;
  }

  async fetch(
    { api, actor }: FetchContext,
    input: string | URL | Request,
    init: ConnectorFetchInit | null = {},
  ): Promise<Response> {
    const request = input instanceof Request ? merged(input, init ?? {}) : (init ?? {});
    const url = input instanceof Request ? input.url : input;
    const urlOf = createUrlResolver(api, (fill) =>
      resolveUrl(url, api.baseURL && fill(api.baseURL)),
    );
    return api.isMetered
      ? this.#fetchMetered({ api, actor }, urlOf(NO_CONFIG), request)
      : this.#fetchWithToken({ api, actor }, urlOf, request);
  }

  async #fetchWithToken(
    { api, actor }: FetchContext,
    urlOf: UrlResolver,
    { retry = api.retry, ...given }: ConnectorFetchInit,
  ): Promise<Response> {
    const { connector } = api;
    // What the caller does with it meanwhile is another call's.
    const request = takeSnapshot(given);
    const { method = 'GET', body } = request;
    const { response } = await sendAuthorized<FollowedResponse>(this.#resolver, this.#patience, {
      connector,
      identity: actor.identity(),
      method,
      body,
      signal: request.signal ?? undefined,
      retryBudget: retry ? this.#patience.createBudget() : undefined,
      discard,
      send: (connection) => {
        const headers = authorized(request.headers, connection);
        return fetchFollowingRedirects(urlOf(connection), { ...request, headers }, connector.id);
      },
    });
    return response;
  }

  async #fetchMetered(
    { api, actor }: FetchContext,
    url: URL,
    init: RequestInit,
  ): Promise<Response> {
    const { id } = api.connector;
    const request = toMeteredRequest(url, init, api);
    const answer = await this.#metered.call(id, request, actor, init.signal ?? undefined);
    return toResponse(answer, url, id);
  }
}

const NO_CONFIG = { connectionConfig: null };

function authorized(
  headers: RequestInit['headers'],
  { accessToken }: ConnectorConnection,
): NonNullable<RequestInit['headers']> {
  const authorization = { Authorization: `Bearer ${accessToken}` };
  if (headers === undefined) return authorization;
  const all = new Headers(headers);
  all.set('Authorization', authorization.Authorization);
  return all;
}

/** What a `Request` says, and what stands beside it instead. */
function merged(request: Request, init: ConnectorFetchInit): ConnectorFetchInit {
  const { method, headers, body, signal, redirect } = request;
  const said = Object.entries(init).filter(([, value]) => value !== undefined);
  return { method, headers, body, signal, redirect, duplex: 'half', ...Object.fromEntries(said) };
}

function discard({ response }: FollowedResponse): void {
  response.body?.cancel().catch(() => undefined);
}
