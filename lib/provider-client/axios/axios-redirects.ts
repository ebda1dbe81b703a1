import type { AxiosRequestConfig } from 'axios';
import { checkRedirect } from '../url.resolver.js';

type BeforeRedirect = NonNullable<AxiosRequestConfig['beforeRedirect']>;

/**
 * Watches the redirects of one request over axios: the token stays at the origin that it was
 * meant for, and none leads to plain http.
 *
 * @internal
 */
export class AxiosRedirects {
  readonly #url: URL;
  readonly #next: BeforeRedirect | undefined;
  readonly #connector: string;
  /** Whether the request has gone to another origin, and the token was left behind. */
  isCrossOrigin = false;
  isRedirected = false;
  /** Why a redirect was not followed. */
  refusal: unknown;

  /** @param next - that of the application */
  constructor(url: URL, next: BeforeRedirect | undefined, connector: string) {
    this.#url = url;
    this.#next = next;
    this.#connector = connector;
  }

  readonly beforeRedirect: BeforeRedirect = (options, response, request) => {
    const { protocol, hostname, host, port, href } = options as Record<string, unknown>;
    const credentials = takeCredentials(options);
    const shown = { ...options, headers: { ...(options.headers as object) } };
    this.#next?.(shown, response, { ...request, headers: {} });
    // It may change what is sent, but not where to: that is checked by the address.
    Object.assign(options, shown, { protocol, hostname, host, port, href });
    options.headers = { ...shown.headers };
    const target = new URL(href as string);
    try {
      checkRedirect(this.#url, target, this.#connector);
    } catch (refusal) {
      this.refusal = refusal;
      throw refusal;
    }
    this.isRedirected = true;
    this.isCrossOrigin ||= target.origin !== this.#url.origin;
    takeCredentials(options);
    if (!this.isCrossOrigin) Object.assign(options.headers as object, credentials);
  };
}

/** Takes them off a request that is about to be redirected. */
function takeCredentials(options: Record<string, unknown>): Record<string, unknown> {
  const headers = options.headers as Record<string, unknown>;
  const taken = Object.keys(headers).filter((name) =>
    /^(proxy-)?authorization$|^cookie$/i.test(name),
  );
  const credentials = Object.fromEntries(taken.map((name) => [name, headers[name]]));
  for (const name of taken) Reflect.deleteProperty(headers, name);
  delete options.auth;
  return credentials;
}
