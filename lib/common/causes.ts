/**
 * Walks along an error and its causes, which can be a cycle. Errors of Node.js may come from another
 * realm, so their class tells nothing.
 *
 * @internal
 */
export function* walkCauses(error: unknown): Generator<object> {
  const seen = new Set<unknown>();
  let current = error;
  while (typeof current === 'object' && current !== null && !seen.has(current)) {
    yield current;
    seen.add(current);
    current = (current as { readonly cause?: unknown }).cause;
  }
}
