import {
  Axios,
  AxiosHeaders,
  type AxiosResponse,
  getAdapter,
  type InternalAxiosRequestConfig,
} from 'axios';
import { Readable } from 'node:stream';
import type { ConnectionResolver } from '../connections/connection.resolver.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { ResilienceSettings } from '../options/connectors.options.js';
import { withinDeadline } from '../resilience/deadline.js';
import { sendAuthorized } from './authorized-call.js';
import {
  failureWithoutToken,
  settled,
  timeoutError,
  withoutToken,
  withStackOfItsOwn,
} from './axios-answers.js';
import { AxiosCancellation } from './axios-cancellation.js';
import { AxiosRedirects } from './axios-redirects.js';
import type { FetchContext } from './provider-fetch.js';
import { locate, type UrlOfConnection } from './provider-url.js';
import { patience, type RateLimit, sendPatiently } from './rate-limit.js';
import { isIdempotent, isReplayable } from './replayable.js';

type Config = InternalAxiosRequestConfig;

/** An answer, and whether the request that it answers carried the token. */
interface Answer {
  readonly response: AxiosResponse;
  readonly isAuthorized: boolean;
}

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
export class ProviderAdapter {
  readonly #resolver: ConnectionResolver;
  readonly #settings: ResilienceSettings;

  constructor(resolver: ConnectionResolver, settings: ResilienceSettings) {
    this.#resolver = resolver;
    this.#settings = settings;
  }

  /** `timeout` bounds all of it: the wait for a token, each attempt, and the pauses between. */
  async send(context: FetchContext, config: Config): Promise<AxiosResponse> {
    const { timeout: deadlineMs = 0 } = config;
    const cancellation = new AxiosCancellation(config);
    try {
      if (deadlineMs === 0) return await this.#send(context, config, () => cancellation.signal);
      const onDeadline = (): Error => timeoutError(config, deadlineMs);
      const parent = cancellation.signal;
      return await withinDeadline({ deadlineMs, onDeadline, parent }, (limited) =>
        this.#send(context, config, () => limited),
      );
    } catch (error) {
      throw isConnectorsError(error) ? withStackOfItsOwn(error) : error;
    } finally {
      cancellation.release();
    }
  }

  async #send(
    { api, actor }: FetchContext,
    config: Config,
    signal: () => AbortSignal | undefined,
  ): Promise<AxiosResponse> {
    const urlOf = locate(api, (fill) =>
      plain.getUri({ ...urlPartsOf(config), baseURL: fill(config.baseURL ?? '') }),
    );
    const { method = 'get', data } = config as { method?: string; data?: unknown };
    const isRepeatable = isReplayable(data);
    const limits = patience({
      ...this.#settings,
      ...(config.timeout && { deadlineMs: config.timeout }),
    });
    const mayWait = api.retry && isRepeatable && isIdempotent(method);
    const { response } = await sendAuthorized<Answer>(this.#resolver, {
      connector: api.connector,
      identity: actor.identity(),
      signal,
      isReplayable: isRepeatable,
      isRefused: ({ response: { status }, isAuthorized }) => status === 401 && isAuthorized,
      discard,
      send: (connection) => {
        const send = (): Promise<Answer> => sendOnce(config, connection, urlOf, api.connector.id);
        return mayWait
          ? sendPatiently({ ...limits, signal: signal(), send, limitOf, discard })
          : send();
      },
    });
    return settled(response, config);
  }
}

async function sendOnce(
  config: Config,
  connection: ConnectorConnection,
  urlOf: UrlOfConnection,
  connector: string,
): Promise<Answer> {
  const url = urlOf(connection);
  const redirects = new AxiosRedirects(url, config.beforeRedirect, connector);
  const headers = new AxiosHeaders(config.headers);
  headers.set('Authorization', `Bearer ${connection.accessToken}`);
  try {
    const response = await sendOverHttp({
      ...config,
      // As it was checked, and nothing that leads elsewhere.
      url: url.href,
      baseURL: '',
      params: undefined,
      auth: undefined,
      headers,
      beforeRedirect: redirects.beforeRedirect,
      validateStatus: null,
    } as unknown as Config);
    return { response: withoutToken(response, config), isAuthorized: !redirects.hasLeft };
  } catch (failure) {
    throw redirects.refusal ?? failureWithoutToken(failure, config);
  }
}

/** The whole configuration would do, but takes longer to merge. */
function urlPartsOf({ url, params, paramsSerializer, allowAbsoluteUrls }: Config): object {
  return { url, params: params as unknown, paramsSerializer, allowAbsoluteUrls };
}

function limitOf({ response: { status, headers } }: Answer): RateLimit {
  return { status, retryAfter: headers['retry-after'] };
}

function discard({ response: { data } }: Answer): void {
  if (data instanceof Readable) data.destroy();
}
