import type { AxiosRequestConfig } from 'axios';
import { OriginNotAllowedError } from '../errors/connector.errors.js';
import { isFollowable } from './provider-url.js';

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
  hasLeft = false;
  /** Why a redirect was not followed. */
  refusal: OriginNotAllowedError | undefined;

  /** @param next - that of the application */
  constructor(url: URL, next: BeforeRedirect | undefined, connector: string) {
    this.#url = url;
    this.#next = next;
    this.#connector = connector;
  }

  readonly beforeRedirect: BeforeRedirect = (options, response, request) => {
    this.#next?.(options, response, request);
    const target = new URL(options.href as string);
    if (!isFollowable(this.#url, target)) {
      this.refusal = new OriginNotAllowedError({ connector: this.#connector }, target.origin);
      throw this.refusal;
    }
    this.hasLeft ||= target.origin !== this.#url.origin;
    if (this.hasLeft) dropCredentials(options);
  };
}

function dropCredentials(options: Record<string, unknown>): void {
  const headers = options.headers as Record<string, unknown>;
  for (const name of Object.keys(headers)) {
    if (/^(proxy-)?authorization$|^cookie$/i.test(name)) Reflect.deleteProperty(headers, name);
  }
  delete options.auth;
}
