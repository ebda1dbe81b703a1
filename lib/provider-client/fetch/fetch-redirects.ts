import type { ProviderResponse } from '../authorized-request.js';
import { checkRedirect } from '../url.resolver.js';
import { isReplayable } from '../replayable.js';

const REDIRECTS = [301, 302, 303, 307, 308];
const MAX_REDIRECTS = 20;

/** Where Node.js keeps it. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** What `fetch` leaves behind at another origin, and with a body that is not sent on. */
const CREDENTIALS = ['authorization', 'cookie', 'host', 'proxy-authorization'];
const BODY_HEADERS = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
];

/** A request, as far as it has been led. */
interface Hop {
  readonly url: URL;
  readonly init: RequestInit;
  /** Whether it carries the credentials. */
  readonly isAuthorized: boolean;
}

/** @internal */
export interface FollowedResponse extends ProviderResponse {
  readonly response: Response;
}

/**
 * The standard `fetch`, which follows redirects as the Fetch standard says (section "HTTP-redirect
 * fetch"), but none to plain http: credentials stay at the origin that they were meant for.
 *
 * @throws `OriginNotAllowedError` when a redirect leads to plain http
 * @throws `TypeError` like `fetch`
 * @internal
 */
export async function fetchFollowingRedirects(
  url: URL,
  init: RequestInit,
  connector: string,
): Promise<FollowedResponse> {
  const { redirect = 'follow' } = init;
  if (redirect !== 'follow') {
    return { response: await send(url, init), isAuthorized: true, isRedirected: false };
  }
  let hop: Hop = { url, init: { ...init, redirect: 'manual' }, isAuthorized: true };
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(hop.url, hop.init);
    const { isAuthorized } = hop;
    const location = REDIRECTS.includes(response.status) ? response.headers.get('location') : null;
    if (location === null) {
      const isRedirected = redirects > 0;
      return {
        response: isRedirected ? redirected(response) : response,
        isAuthorized,
        isRedirected,
      };
    }
    void response.body?.cancel().catch(() => undefined);
    if (redirects === MAX_REDIRECTS) throw networkError('redirect count exceeded');
    hop = nextHop(hop, location, response.status, connector);
  }
}

/** With the dispatcher that `fetch` has anyway, lest it finds another one on `Object.prototype`. */
function send(url: URL, init: RequestInit): Promise<Response> {
  const dispatcher = (globalThis as Record<symbol, RequestInit['dispatcher']>)[DISPATCHER];
  return fetch(url.href, dispatcher === undefined ? init : { dispatcher, ...init });
}

function nextHop(hop: Hop, location: string, status: number, connector: string): Hop {
  const { url, init } = hop;
  if (!URL.canParse(location, url.href)) throw networkError('invalid redirect URL');
  const next = new URL(location, url);
  checkRedirect(url, next, connector);
  const isAuthorized = hop.isAuthorized && next.origin === url.origin;
  const headers = new Headers(init.headers);
  if (next.origin !== url.origin) remove(headers, CREDENTIALS);
  const { method = 'GET', body } = init;
  if (becomesGet(status, method.toUpperCase())) {
    remove(headers, BODY_HEADERS);
    return { url: next, init: { ...init, method: 'GET', body: null, headers }, isAuthorized };
  }
  if (!isReplayable(body)) {
    throw networkError('a stream cannot be sent again');
  }
  return { url: next, init: { ...init, headers }, isAuthorized };
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}

function remove(headers: Headers, names: readonly string[]): void {
  for (const name of names) headers.delete(name);
}

function redirected(response: Response): Response {
  return Object.defineProperty(response, 'redirected', { value: true });
}

/** Says it as `fetch` does. */
function networkError(reason: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(reason) });
}
