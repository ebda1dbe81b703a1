import { Inject, Injectable } from '@nestjs/common';
import { MeteredCalls } from '../../base44/metered-calls.js';
import { ConnectionRequest } from '../../connections/connection-request.js';
import type { ConnectorFetchInit } from '../../interfaces/connector-feature.interface.js';
import { CallDrain } from '../../resilience/call-drain.js';
import { AuthorizedSender } from '../authorized.sender.js';
import { withAddress } from '../call-address.js';
import type { CallContext } from '../call-context.js';
import type { ProviderEndpoint } from '../provider-endpoint.js';
import { MAX_REJECTION_BYTES } from '../token-rejection.js';
import { ThrottlingRetryPolicy } from '../throttling-retry.policy.js';
import { createUrlResolver, joinUrl, selectBase, type UrlResolver } from '../url.resolver.js';
import { fetchFollowingRedirects, type FollowedResponse } from './fetch-redirects.js';
import { toMeteredRequest, toResponse } from './metered-fetch.js';
import { readArguments } from './request-arguments.js';
import { bufferBody } from './request-buffer.js';
import { takeSnapshot } from './request-snapshot.js';
import { readSmallBody } from './small-body.js';

/**
 * Sends requests to providers with the native `fetch` and the token of a connection. Requests of
 * metered connectors go through Base44's proxy instead.
 *
 * @internal
 */
@Injectable()
export class FetchClient {
  constructor(
    @Inject(AuthorizedSender) private readonly sender: AuthorizedSender,
    @Inject(MeteredCalls) private readonly metered: MeteredCalls,
    @Inject(ThrottlingRetryPolicy) private readonly throttling: ThrottlingRetryPolicy,
    @Inject(CallDrain) private readonly drain: CallDrain,
  ) {}

  /**
   * Sends a request. Sends it again with a renewed token, or after a rate limit.
   *
   * @throws the errors of `ConnectorsService.fetch`
   */
  async fetch(
    context: CallContext,
    input: string | URL | Request,
    init?: ConnectorFetchInit | null,
  ): Promise<Response> {
    const { connector } = context.endpoint;
    const { url, init: read } = readArguments(input, init, connector.id);
    const { baseURL, allowedOrigins, ...request } = read;
    const endpoint = withAddress(context.endpoint, { baseURL, allowedOrigins });
    return this.#send({ ...context, endpoint }, createFetchUrlResolver(endpoint, url), request);
  }

  /**
   * Sends a request for code that expects the standard `fetch`. Buffers a small body of a `Request`,
   * so that it can be sent again. Ignores `retry` and the address in `init`, because they are an SDK's own
   * options.
   *
   * @throws the errors of `ConnectorsService.fetch`
   */
  async fetchForSdk(
    context: CallContext,
    input: string | URL | Request,
    init?: RequestInit,
  ): Promise<Response> {
    const { endpoint } = context;
    const { url, init: read, hasRequestBody } = readArguments(input, init, endpoint.connector.id);
    const resolveUrl = createFetchUrlResolver(endpoint, url);
    const request = { ...read, retry: undefined, baseURL: undefined, allowedOrigins: undefined };
    if (!hasRequestBody) return this.#send(context, resolveUrl, request);
    const snapshot = takeSnapshot(request);
    const body = await bufferBody(snapshot);
    // Base44's proxy accepts text.
    const text = endpoint.isMetered && Buffer.isBuffer(body) ? body.toString() : body;
    return this.#send(context, resolveUrl, { ...snapshot, body: text });
  }

  #send(
    context: CallContext,
    resolveUrl: UrlResolver,
    init: ConnectorFetchInit,
  ): Promise<Response> {
    const { connector, isMetered } = context.endpoint;
    if (isMetered) return this.#fetchMetered(context, resolveUrl({ connectionConfig: null }), init);
    return this.drain.run(connector.id, ({ signal: closing }) =>
      this.#fetchAuthorized(context, resolveUrl, init, init.signal ?? closing),
    );
  }

  async #fetchAuthorized(
    { endpoint, identitySource }: CallContext,
    resolveUrl: UrlResolver,
    { retry = endpoint.retry, ...init }: ConnectorFetchInit,
    signal: AbortSignal,
  ): Promise<Response> {
    const { connector, tokenRejection, scopeRejection } = endpoint;
    const request = takeSnapshot({ ...init, signal });
    return this.sender.send<FollowedResponse>({
      connectionRequest: new ConnectionRequest(connector, identitySource.getIdentity()),
      method: request.method ?? 'GET',
      body: request.body,
      signal,
      retryBudget: retry ? this.throttling.createBudget() : undefined,
      discard,
      tokenRejection,
      scopeRejection,
      readText: ({ response }) => readSmallBody(response, MAX_REJECTION_BYTES),
      send: (connection) => {
        const headers = withAuthorization(request.headers, connection.accessToken);
        const url = resolveUrl(connection);
        return fetchFollowingRedirects(url, { ...request, headers }, connector.id);
      },
    });
  }

  async #fetchMetered(
    { endpoint, identitySource }: CallContext,
    url: URL,
    init: RequestInit,
  ): Promise<Response> {
    const { id } = endpoint.connector;
    const request = toMeteredRequest(url, init, endpoint);
    const signal = init.signal ?? undefined;
    return toResponse(await this.metered.call(id, request, identitySource, signal), url, id);
  }
}

function createFetchUrlResolver(endpoint: ProviderEndpoint, url: string): UrlResolver {
  const { baseURL, linkPath } = endpoint;
  return createUrlResolver(endpoint, (expand) =>
    joinUrl(baseURL && selectBase(baseURL, url, linkPath), url, expand),
  );
}

function withAuthorization(
  headers: RequestInit['headers'],
  accessToken: string,
): NonNullable<RequestInit['headers']> {
  const merged = new Headers(headers);
  merged.set('Authorization', `Bearer ${accessToken}`);
  // A shared front end would route the token to another host.
  merged.delete('Host');
  return merged;
}

function discard({ response }: FollowedResponse): void {
  response.body?.cancel().catch(() => undefined);
}
