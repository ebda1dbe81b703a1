import {
  Axios,
  AxiosHeaders,
  type AxiosResponse,
  getAdapter,
  type InternalAxiosRequestConfig,
} from 'axios';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import type { ConnectionResolver } from '../../connections/connection.resolver.js';
import { isConnectorsError } from '../../errors/connectors.error.js';
import type { ConnectorConnection } from '../../interfaces/connector-connection.interface.js';
import { withinDeadline } from '../../resilience/deadline.js';
import { type ProviderResponse, sendAuthorized } from '../authorized-request.js';
import {
  detachedUpload,
  redactError,
  settle,
  timeoutError,
  redactResponse,
  withStackOfItsOwn,
} from './axios-response.js';
import { AxiosCancellation } from './axios-cancellation.js';
import { AxiosRedirects } from './axios-redirects.js';
import type { ProviderEndpoint } from '../provider-endpoint.js';
import type { FetchContext } from '../fetch/fetch.client.js';
import { createUrlResolver, type UrlResolver } from '../url.resolver.js';
import type { ThrottlingRetryPolicy } from '../throttling-retry.policy.js';

type Config = InternalAxiosRequestConfig;

type Agents = Readonly<Record<'httpAgent' | 'httpsAgent', HttpAgent>>;

interface Answer extends ProviderResponse {
  readonly response: AxiosResponse & ProviderResponse['response'];
}

/** A timer with a longer one fires at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

const POOL = { keepAlive: true, maxFreeSockets: 64 };

const sendOverHttp = getAdapter('http');

/** Builds URLs, without the defaults of anybody. */
const plain = new Axios({});

/**
 * The last of what an axios instance does with a request: sends it, with the token of a
 * connection. What comes before, interceptors among it, never sees the token, and what comes
 * after finds it in no answer and no error.
 *
 * @internal
 */
export class AuthorizingAdapter {
  readonly #resolver: ConnectionResolver;
  readonly #patience: ThrottlingRetryPolicy;
  /** No part of any configuration, for their sockets show what is sent over them. */
  readonly #agents: Agents = { httpAgent: new HttpAgent(POOL), httpsAgent: new HttpsAgent(POOL) };

  constructor(resolver: ConnectionResolver, patience: ThrottlingRetryPolicy) {
    this.#resolver = resolver;
    this.#patience = patience;
  }

  /** `timeout` bounds all of it: the wait for a token, each attempt, and the pauses between. */
  async send(context: FetchContext, config: Config): Promise<AxiosResponse> {
    const deadlineMs = Math.min(config.timeout ?? 0, LONGEST_TIMEOUT_MS);
    const cancellation = new AxiosCancellation(config);
    try {
      if (deadlineMs === 0) return await this.#send(context, config, cancellation.signal);
      const onDeadline = (): Error => timeoutError(config, deadlineMs);
      const parent = cancellation.signal;
      return await withinDeadline({ deadlineMs, onDeadline, parent }, (limited) =>
        this.#send(context, config, limited),
      );
    } catch (error) {
      throw isConnectorsError(error) ? withStackOfItsOwn(error) : error;
    } finally {
      cancellation.release();
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async #send(
    { api, actor }: FetchContext,
    config: Config,
    signal: AbortSignal | undefined,
  ): Promise<AxiosResponse> {
    const urlOf = createUrlResolver(api, (fill) =>
      plain.getUri({ ...urlPartsOf(config), baseURL: fill(config.baseURL ?? '') }),
    );
    const { method = 'get', timeout = 0 } = config;
    const deadlineAtMs = performance.now() + timeout;
    const { response } = await sendAuthorized<Answer>(this.#resolver, this.#patience, {
      connector: api.connector,
      identity: actor.identity(),
      method,
      body: config.data,
      signal,
      retryBudget: api.retry
        ? this.#patience.createBudget(timeout > 0 ? timeout : undefined)
        : undefined,
      discard,
      send: (connection) => this.#sendOnce(config, deadlineAtMs, connection, urlOf, api),
    });
    return settle(response, config);
  }

  async #sendOnce(
    config: Config,
    deadlineAtMs: number,
    connection: ConnectorConnection,
    urlOf: UrlResolver,
    { connector }: ProviderEndpoint,
  ): Promise<Answer> {
    const url = urlOf(connection);
    const redirects = new AxiosRedirects(url, config.beforeRedirect, connector.id);
    const headers = new AxiosHeaders(config.headers);
    headers.set('Authorization', `Bearer ${connection.accessToken}`, true);
    try {
      const response = await sendOverHttp({
        ...config,
        ...timeLeft(deadlineAtMs, config),
        httpAgent: (config.httpAgent as unknown) ?? this.#agents.httpAgent,
        httpsAgent: (config.httpsAgent as unknown) ?? this.#agents.httpsAgent,
        // As it was checked, and nothing that leads elsewhere.
        url: url.href,
        baseURL: '',
        params: undefined,
        auth: undefined,
        socketPath: undefined,
        headers,
        data: detachedUpload(config.data),
        beforeRedirect: redirects.beforeRedirect,
        validateStatus: null,
      } as unknown as Config);
      const { isCrossOrigin, isRedirected } = redirects;
      return {
        response: redactResponse(response, config),
        isAuthorized: !isCrossOrigin,
        isRedirected,
      };
    } catch (failure) {
      throw redirects.refusal ?? redactError(failure, config);
    }
  }
}

/** No attempt has more time than is left of all. */
function timeLeft(
  deadlineAtMs: number,
  { timeout = 0, timeoutErrorMessage }: Config,
): Pick<Config, 'timeout' | 'timeoutErrorMessage'> {
  if (timeout === 0) return {};
  const leftMs = Math.min(deadlineAtMs - performance.now(), LONGEST_TIMEOUT_MS);
  return {
    timeout: Math.max(Math.ceil(leftMs), 1),
    timeoutErrorMessage: timeoutErrorMessage ?? `timeout of ${timeout}ms exceeded`,
  };
}

/** The whole configuration would do, but takes longer to merge. */
function urlPartsOf({ url, params, paramsSerializer, allowAbsoluteUrls }: Config): object {
  return { url, params: params as unknown, paramsSerializer, allowAbsoluteUrls };
}

function discard({ response: { data } }: Answer): void {
  if (data instanceof Readable) data.destroy();
}
