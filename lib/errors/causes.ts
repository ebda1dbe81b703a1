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
    const items = readItems(current);
    if (items === undefined) yield current;
    queue.push(...(items ?? names.map((name) => read(current, name))));
  }
}

/** Returns the first items of an array, or `undefined` for another object. */
function readItems(object: object): unknown[] | undefined {
  try {
    return Array.isArray(object) ? (object as unknown[]).slice(0, MAX_ITEMS) : undefined;
  } catch {
    // A revoked proxy, or a getter that throws.
    return [];
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
