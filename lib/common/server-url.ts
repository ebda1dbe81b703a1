const INSECURE = 'must begin with https://, or tokens cross the network unprotected';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Describes the mistake in the URL of a Base44 server.
 *
 * @returns a clause that completes "serverUrl …", or `undefined` for a valid URL
 * @internal
 */
export function describeServerUrlProblem(
  value: unknown,
  allowInsecure: boolean,
): string | undefined {
  const problem = describeTrustedServerUrlProblem(value);
  if (problem !== INSECURE) return problem;
  return allowInsecure
    ? describePathProblem(value as string)
    : `${INSECURE}; allowInsecureServerUrl: true permits that`;
}

/**
 * Describes the mistake in the URL of a server that is trusted as Base44.
 *
 * @returns a clause that completes "each …", or `undefined` for a valid URL
 * @internal
 */
export function describeTrustedServerUrlProblem(value: unknown): string | undefined {
  return describeHttpsUrlProblem(value) ?? describePathProblem(value as string);
}

/** Paths are rejected because `/api` follows the URL, so Base44 would respond that nothing is connected. */
function describePathProblem(value: string): string | undefined {
  const { origin, pathname } = new URL(value);
  return /^\/*$/.test(pathname)
    ? undefined
    : `must have no path, because the paths of the API are appended: ${origin}`;
}

/**
 * Describes the mistake in the URL of a server that receives credentials.
 *
 * @returns a clause that completes "url …", or `undefined` for a valid URL
 * @internal
 */
export function describeHttpsUrlProblem(value: unknown): string | undefined {
  const url = typeof value === 'string' ? parseUrl(value) : undefined;
  if (url === undefined) return 'must be an absolute URL such as https://api.example.com';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (/[?#\\\s]/.test(value as string)) return 'must not have a query, a fragment or spaces';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return 'must begin with https://';
  return isLoopback(url) ? undefined : INSECURE;
}

/**
 * Removes the slashes at the end of a URL. A regular expression such as `/\/+$/` would take quadratic
 * time for slashes in the middle.
 *
 * @internal
 */
export function removeTrailingSlashes(url: string): string {
  let end = url.length;
  while (url.endsWith('/', end)) end -= 1;
  return url.slice(0, end);
}

/** @internal */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}
