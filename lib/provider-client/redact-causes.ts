/** The limit of a chain of causes, which can be a cycle. */
const MAX_CAUSES = 10;

/** The codes of errors that contain what a provider sent, which may repeat the token. */
const MALFORMED = /^(HPE_|ERR_INVALID_URL)/;

/**
 * Removes the bytes of a malformed response from an error and from its causes.
 *
 * @returns the same error
 * @internal
 */
export function redactCauses<E>(error: E): E {
  let current: unknown = error;
  for (let depth = 0; isObject(current) && depth < MAX_CAUSES; depth += 1) {
    if (typeof current.code === 'string' && MALFORMED.test(current.code)) {
      for (const name of ['data', 'input', 'rawPacket']) Reflect.deleteProperty(current, name);
    }
    current = current.cause;
  }
  return error;
}

/** Errors of Node.js may come from another realm, so their class tells nothing. */
function isObject(value: unknown): value is { readonly code?: unknown; readonly cause?: unknown } {
  return typeof value === 'object' && value !== null;
}
