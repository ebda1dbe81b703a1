import { readProperty, walkCauses } from '../errors/causes.js';

/** The codes of errors that contain what a provider sent, which may repeat the token. */
const MALFORMED = /HPE_|ERR_INVALID_URL/;

/**
 * Removes the bytes of a malformed response from an error and from its causes.
 *
 * @returns the same error
 * @internal
 */
export function redactCauses<E>(error: E): E {
  for (const cause of walkCauses(error)) {
    if (!MALFORMED.test(String(readProperty(cause, 'code')))) continue;
    for (const name of ['data', 'input', 'rawPacket']) Reflect.deleteProperty(cause, name);
  }
  return error;
}
