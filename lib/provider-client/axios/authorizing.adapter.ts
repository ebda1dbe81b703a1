import { Inject, Injectable } from '@nestjs/common';
import { Axios, type AxiosResponse, getAdapter, type InternalAxiosRequestConfig } from 'axios';
import { Readable } from 'node:stream';
import { AgentPool } from '../../common/agent-pool.js';
import { copyOwnProperties } from '../../common/own-properties.js';
import { ConnectionRequest } from '../../connections/connection-request.js';
import { CallDrain } from '../../resilience/call-drain.js';
import type { ProviderResponse } from '../authorized-request.js';
import { AuthorizedSender } from '../authorized.sender.js';
import type { CallContext } from '../call-context.js';
import type { ProviderEndpoint } from '../provider-endpoint.js';
import { redactCauses } from '../redact-causes.js';
import { isIdempotent, isReplayable } from '../replayable.js';
import { MAX_REJECTION_BYTES } from '../token-rejection.js';
import { ThrottlingRetryPolicy } from '../throttling-retry.policy.js';
import { createUrlResolver, selectBase, type UrlResolver } from '../url.resolver.js';
import { type Attempt, toAuthorizedConfig } from './authorized-config.js';
import { AxiosCancellation } from './axios-cancellation.js';
import { AxiosDeadline } from './axios-deadline.js';
import { AxiosRedirects } from './axios-redirects.js';
import {
  readSmallBody,
  redactError,
  redactResponse,
  type RedactedResponse,
  settle,
} from './axios-response.js';
import { isResetOfReusedSocket } from './reused-socket.js';

type Config = InternalAxiosRequestConfig;

interface AuthorizedResponse extends ProviderResponse {
  readonly response: RedactedResponse;
}

const sendOverHttp = getAdapter('http');

/** The axios that builds URLs, without the defaults of the application's global axios. */
const urlBuilder = new Axios({});

/**
 * An axios adapter that sends requests with the token of a connection. Interceptors never see the
 * token: it is added after request interceptors, and removed from responses and errors.
 *
 * @internal
 */
@Injectable()
export class AuthorizingAdapter {
  readonly #agents = new AgentPool();

  constructor(
    @Inject(AuthorizedSender) private readonly sender: AuthorizedSender,
    @Inject(ThrottlingRetryPolicy) private readonly throttling: ThrottlingRetryPolicy,
    @Inject(CallDrain) private readonly drain: CallDrain,
  ) {}

  /**
   * Sends a request. Sends it again with a renewed token, or after a rate limit.
   *
   * @throws `AxiosError` like axios
   * @throws the errors of `ConnectorsService.fetch`
   */
  async send(context: CallContext, config: Config): Promise<AxiosResponse> {
    const { id } = context.endpoint.connector;
    const response = await this.drain.run(id, ({ signal: closing }) =>
      this.#sendUntilCancelled(context, config, closing),
    );
    return settle(response, config);
  }

  close(): void {
    this.#agents.destroy();
  }

  async #sendUntilCancelled(
    context: CallContext,
    config: Config,
    closing: AbortSignal,
  ): Promise<AxiosResponse> {
    const cancellation = new AxiosCancellation(config, closing);
    const deadline = new AxiosDeadline(config);
    try {
      return await deadline.run(cancellation.signal, (signal) =>
        this.#send(context, config, deadline, signal),
      );
    } finally {
      cancellation.release();
    }
  }

  async #send(
    { endpoint, identitySource }: CallContext,
    config: Config,
    deadline: AxiosDeadline,
    signal: AbortSignal,
  ): Promise<AxiosResponse> {
    const { connector, retry, tokenRejection, scopeRejection } = endpoint;
    const resolveUrl = createConfigUrlResolver(endpoint, config);
    return this.sender.send<AuthorizedResponse>({
      connectionRequest: new ConnectionRequest(connector, identitySource.getIdentity()),
      method: String(config.method),
      body: config.data,
      signal,
      retryBudget: retry ? this.throttling.createBudget(deadline.timeoutMs) : undefined,
      discard,
      tokenRejection,
      scopeRejection,
      readText: ({ response }) => readSmallBody(response, MAX_REJECTION_BYTES),
      send: (connection) => {
        const url = resolveUrl(connection);
        const redirects = new AxiosRedirects(url, config.beforeRedirect, connector.id);
        const { accessToken } = connection;
        return sendOnce(config, { url, accessToken, redirects, deadline, agents: this.#agents });
      },
    });
  }
}

/** Sends a request, and once more on a new socket when the provider had closed the reused one. */
async function sendOnce(config: Config, attempt: Attempt): Promise<AuthorizedResponse> {
  const { redirects, agents } = attempt;
  try {
    const response = await sendOverHttp(toAuthorizedConfig(config, attempt)).catch(
      (error: unknown) => {
        if (redirects.isRedirected || !canResend(config, error)) throw error;
        agents.destroyIdle();
        return sendOverHttp(toAuthorizedConfig(config, attempt));
      },
    );
    const { isCrossOrigin, isRedirected } = redirects;
    return {
      response: redactResponse(response, config),
      isAuthorized: !isCrossOrigin,
      isRedirected,
    };
  } catch (error) {
    throw redirects.rejection ?? redactCauses(redactError(error, config));
  }
}

function canResend({ method, data }: Config, error: unknown): boolean {
  return isIdempotent(String(method)) && isReplayable(data) && isResetOfReusedSocket(error);
}

/** Creates the resolver of a config's URL from a part of it, because axios merges a whole config slowly. */
function createConfigUrlResolver(endpoint: ProviderEndpoint, config: Config): UrlResolver {
  const own = copyOwnProperties(config);
  const { baseURL = '', url = '', paramsSerializer, allowAbsoluteUrls } = own;
  const settings = { url, params: own.params as unknown, paramsSerializer, allowAbsoluteUrls };
  const isAbsolute = allowAbsoluteUrls !== false && /^[a-z][a-z\d+.-]*:\/\//i.test(url);
  const base = isAbsolute ? '' : selectBase(baseURL, url, endpoint.linkPath);
  return createUrlResolver(endpoint, (expand) =>
    urlBuilder.getUri({ ...settings, baseURL: expand(base) } as Config),
  );
}

function discard({ response: { data } }: AuthorizedResponse): void {
  if (data instanceof Readable) data.destroy();
}
