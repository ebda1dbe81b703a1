import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import type { AgentPool } from '../../common/agent-pool.js';
import { copyOwnProperties } from '../../common/own-properties.js';
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
  const own = copyOwnProperties(config);
  const headers = new AxiosHeaders(own.headers);
  headers.set('Authorization', `Bearer ${accessToken}`, true);
  // A shared front end would route the token to another host.
  headers.delete('Host');
  return copyOwnProperties({
    ...own,
    ...deadline.toTimeoutSettings(),
    httpAgent: (own.httpAgent as unknown) ?? agents.httpAgent,
    httpsAgent: (own.httpsAgent as unknown) ?? agents.httpsAgent,
    ...NO_ROUTING,
    url: url.href,
    headers,
    data: detachUpload(own.data),
    beforeRedirect: redirects.beforeRedirect,
    validateStatus: null,
  }) as unknown as Config;
}
