import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import type { AgentPool } from '../../common/agent-pool.js';
import type { AxiosDeadline } from './axios-deadline.js';
import type { AxiosRedirects } from './axios-redirects.js';
import { detachUpload } from './axios-streams.js';

type Config = InternalAxiosRequestConfig;

/** The cleared settings of the caller that would change the checked URL. */
const NO_ROUTING = {
  baseURL: '',
  params: undefined,
  auth: undefined,
  socketPath: undefined,
};

/**
 * The parts of one attempt that the caller's config does not contain.
 *
 * @internal
 */
export interface Attempt {
  /** The URL, after the check of its origin. */
  readonly url: URL;
  readonly accessToken: string;
  readonly agents: AgentPool;
  readonly deadline: AxiosDeadline;
  readonly redirects: AxiosRedirects;
}

/**
 * Creates the axios config of one attempt from the config of the caller. The result contains the token,
 * so only the HTTP adapter of axios receives it.
 *
 * @internal
 */
export function toAuthorizedConfig(
  config: Config,
  { url, accessToken, agents, deadline, redirects }: Attempt,
): Config {
  const headers = new AxiosHeaders(config.headers);
  headers.set('Authorization', `Bearer ${accessToken}`, true);
  return {
    ...config,
    ...deadline.toTimeoutSettings(),
    httpAgent: (config.httpAgent as unknown) ?? agents.httpAgent,
    httpsAgent: (config.httpsAgent as unknown) ?? agents.httpsAgent,
    ...NO_ROUTING,
    url: url.href,
    headers,
    data: detachUpload(config.data),
    beforeRedirect: redirects.beforeRedirect,
    validateStatus: null,
  } as unknown as Config;
}
