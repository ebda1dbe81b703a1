import type { AxiosRequestConfig } from 'axios';
import { checkRedirect } from '../redirect.policy.js';

type BeforeRedirect = NonNullable<AxiosRequestConfig['beforeRedirect']>;

const CREDENTIAL_HEADERS = /^(proxy-)?authorization$|^cookie$/i;

/**
 * Watches the redirects of one request over axios. Removes credentials at another origin, and
 * rejects redirects to plain http.
 *
 * @internal
 */
export class AxiosRedirects {
  readonly #url: URL;
  readonly #callersHook: BeforeRedirect | undefined;
  readonly #connector: string;
  /** Whether a redirect led to another origin. Then the token was removed. */
  isCrossOrigin = false;
  isRedirected = false;
  /** The error that ended the request at a redirect. */
  rejection: unknown;

  /** @param callersHook - the `beforeRedirect` of the application */
  constructor(url: URL, callersHook: BeforeRedirect | undefined, connector: string) {
    this.#url = url;
    this.#callersHook = callersHook;
    this.#connector = connector;
  }

  readonly beforeRedirect: BeforeRedirect = (options, response, request) => {
    const credentials = takeCredentials(options);
    this.#runCallersHook(options, response, request);
    const target = new URL(options.href as string);
    try {
      checkRedirect(this.#url, target, this.#connector);
    } catch (error) {
      this.rejection = error;
      throw error;
    }
    this.isRedirected = true;
    this.isCrossOrigin ||= target.origin !== this.#url.origin;
    takeCredentials(options);
    if (!this.isCrossOrigin) Object.assign(options.headers as object, credentials);
  };

  /** Calls the hook without the token. The hook may change the request, but not its target. */
  readonly #runCallersHook: BeforeRedirect = (options, response, request) => {
    const { protocol, hostname, host, port, href } = options as Record<string, unknown>;
    const visible = { ...options, headers: { ...(options.headers as object) } };
    this.#callersHook?.(visible, response, { ...request, headers: {} });
    Object.assign(options, visible, { protocol, hostname, host, port, href });
    options.headers = { ...visible.headers };
  };
}

/** Removes the credentials from a redirected request. Returns the removed headers. */
function takeCredentials(options: Record<string, unknown>): Record<string, unknown> {
  const headers = options.headers as Record<string, unknown>;
  const taken = Object.entries(headers).filter(([name]) => CREDENTIAL_HEADERS.test(name));
  for (const [name] of taken) Reflect.deleteProperty(headers, name);
  delete options.auth;
  return Object.fromEntries(taken);
}
