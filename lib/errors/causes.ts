/** The property that holds the cause of an error. */
const CAUSE = ['cause'];

/**
 * Walks along an error and its causes, which can be a cycle, nearest first. Errors of Node.js may come
 * from another realm, so their class tells nothing.
 *
 * @param names - the properties that hold causes, or arrays of causes
 * @internal
 */
export function* walkCauses(error: unknown, names = CAUSE): Generator<object> {
  const seen = new Set<object>();
  const queue = [error];
  for (const current of queue) {
    if (typeof current !== 'object' || current === null || seen.has(current)) continue;
    seen.add(current);
    if (Array.isArray(current)) {
      queue.push(...(current as unknown[]));
      continue;
    }
    yield current;
    queue.push(...names.map((name) => read(current, name)));
  }
}

/** Returns a property, or `undefined` if its getter throws. */
function read(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
