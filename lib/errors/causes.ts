/** The property that holds the cause of an error. */
const CAUSE = ['cause'];

/** The number of causes in an array that are searched. */
const MAX_ITEMS = 100;

/**
 * Walks along an error and its causes, which can be a cycle, nearest first. Errors of Node.js may come
 * from another realm, so their class tells nothing.
 *
 * @param names - the properties that hold causes, or arrays of causes
 * @param limit - the number of objects to visit
 * @internal
 */
export function* walkCauses(
  error: unknown,
  names = CAUSE,
  limit = Number.POSITIVE_INFINITY,
): Generator<object> {
  const seen = new Set<object>();
  const queue = [error];
  for (const current of queue) {
    if (typeof current !== 'object' || current === null || seen.has(current)) continue;
    if (seen.size >= limit) return;
    seen.add(current);
    try {
      if (Array.isArray(current)) {
        queue.push(...(current as unknown[]).slice(0, MAX_ITEMS));
        continue;
      }
    } catch {
      // A revoked proxy, or an item whose getter throws.
      continue;
    }
    yield current;
    queue.push(...names.map((name) => readProperty(current, name)));
  }
}

/**
 * Returns a property, or `undefined` if its getter throws.
 *
 * @internal
 */
export function readProperty(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name];
  } catch {
    // The getter throws.
  }
  return undefined;
}
