const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'];

/**
 * Returns a method in upper case, or `_OTHER`, because callers choose unknown methods.
 *
 * @internal
 */
export function toKnownMethod(method: string): string {
  const upper = method.toUpperCase();
  return METHODS.includes(upper) ? upper : '_OTHER';
}
