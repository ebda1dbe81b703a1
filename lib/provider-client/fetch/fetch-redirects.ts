import { copyOwnProperties } from '../../common/own-properties.js';
import type { ProviderResponse } from '../authorized-request.js';
import { checkRedirect } from '../redirect.policy.js';
import { redactCauses } from '../redact-causes.js';
import { isReplayable } from '../replayable.js';

const REDIRECT_STATUSES = [301, 302, 303, 307, 308];
const MAX_REDIRECTS = 20;

/** The key under which Node.js stores the dispatcher of `fetch`. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** The headers that `fetch` removes for another origin, except `Host`, which no request has. */
const CREDENTIAL_HEADERS = ['authorization', 'cookie', 'proxy-authorization'];

/** The headers that `fetch` removes when a redirect removes the body. */
const BODY_HEADERS = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
];

/** One request in a chain of redirects. */
interface Hop {
  readonly url: URL;
  readonly init: RequestInit;
  /** Whether the request carries the token. */
  readonly isAuthorized: boolean;
}

/**
 * The last response of a chain of redirects.
 *
 * @internal
 */
export interface FollowedResponse extends ProviderResponse {
  readonly response: Response;
}

/**
 * Calls the native `fetch` and follows redirects as the Fetch standard says (section "HTTP-redirect
 * fetch"). Removes credentials at another origin, and rejects redirects to plain http.
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
    return { response: await send({ url, init }), isAuthorized: true, isRedirected: false };
  }
  let hop: Hop = { url, init: { ...init, redirect: 'manual' }, isAuthorized: true };
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(hop);
    const location = getLocation(response);
    if (location === null) return toFollowedResponse(response, hop, redirects > 0);
    void response.body?.cancel().catch(() => undefined);
    if (redirects === MAX_REDIRECTS) throw createNetworkError('redirect count exceeded');
    const next = parseLocation(location, hop.url);
    checkRedirect(hop.url, next, connector);
    hop = toNextHop(hop, next, response.status);
  }
}

/** Sends one request. Passes the dispatcher, because `fetch` would also read one from `Object.prototype`. */
function send({ url, init }: Pick<Hop, 'url' | 'init'>): Promise<Response> {
  const global = (globalThis as Record<symbol, RequestInit['dispatcher']>)[DISPATCHER];
  const dispatcher = init.dispatcher ?? global;
  const own = copyOwnProperties({ ...init, dispatcher } as RequestInit);
  return fetch(url.href, own).catch((error: unknown) => {
    throw redactCauses(error);
  });
}

function getLocation({ status, headers }: Response): string | null {
  return REDIRECT_STATUSES.includes(status) ? headers.get('location') : null;
}

function toFollowedResponse(
  response: Response,
  { isAuthorized }: Hop,
  isRedirected: boolean,
): FollowedResponse {
  if (isRedirected) Object.defineProperty(response, 'redirected', { value: true });
  return { response, isAuthorized, isRedirected };
}

function parseLocation(location: string, base: URL): URL {
  if (URL.canParse(location, base.href)) return new URL(location, base);
  throw createNetworkError('invalid redirect URL');
}

function toNextHop({ url, init, isAuthorized }: Hop, next: URL, status: number): Hop {
  const isCrossOrigin = next.origin !== url.origin;
  const becomesGet = isChangedToGet(status, init.method ?? 'GET');
  if (!becomesGet && !isReplayable(init.body)) {
    throw createNetworkError('a stream cannot be sent again');
  }
  const headers = new Headers(init.headers);
  if (isCrossOrigin) removeHeaders(headers, CREDENTIAL_HEADERS);
  if (becomesGet) removeHeaders(headers, BODY_HEADERS);
  return {
    url: next,
    init: { ...init, headers, ...(becomesGet && { method: 'GET', body: null }) },
    isAuthorized: isAuthorized && !isCrossOrigin,
  };
}

function isChangedToGet(status: number, method: string): boolean {
  const name = method.toUpperCase();
  if (status === 303) return name !== 'GET' && name !== 'HEAD';
  return (status === 301 || status === 302) && name === 'POST';
}

function removeHeaders(headers: Headers, names: readonly string[]): void {
  for (const name of names) headers.delete(name);
}

/** Creates the error that `fetch` rejects with. */
function createNetworkError(reason: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(reason) });
}
