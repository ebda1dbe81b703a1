import { isLoopback } from '../common/server-url.js';
import { OriginNotAllowedError } from '../errors/request.errors.js';

/**
 * Checks that a redirect leads to https. A redirect from loopback over http may also lead to loopback
 * over http.
 *
 * @throws {@link OriginNotAllowedError} when the target is not secure or contains credentials
 * @internal
 */
export function checkRedirect(from: URL, to: URL, connector: string): void {
  const isSecure = to.protocol === 'https:' || (to.protocol === from.protocol && isLoopback(to));
  if (isSecure && to.username === '' && to.password === '') return;
  throw new OriginNotAllowedError(
    { connector },
    `The provider of connector '${connector}' redirects to plain http, or to a URL with a user name ` +
      'or password. The request is not sent there. If you trust the target, call its URL directly.',
  );
}
