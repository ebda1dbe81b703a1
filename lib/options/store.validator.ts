const KEY_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * @returns a clause that completes "store …", or `undefined`
 * @internal
 */
export function storeProblem(store: unknown): string | undefined {
  const methods = Object(store) as Record<string, unknown>;
  return ['get', 'set', 'delete'].every((name) => typeof methods[name] === 'function')
    ? undefined
    : 'must be a Keyv, or have its get, set and delete';
}

/**
 * @returns a clause that completes "encryptionKeys …", or `undefined`
 * @internal
 */
export function encryptionKeysProblem(keys: unknown, store: unknown): string | undefined {
  if (keys === undefined || keys === null) {
    return store ? 'is required beside store: no token is stored in plain text' : undefined;
  }
  return Array.isArray(keys) && keys.length > 0 && keys.every(isKey)
    ? undefined
    : 'must be a list of keys of 32 random bytes in base64, as openssl rand -base64 32 prints them';
}

function isKey(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    BASE64.test(value) &&
    Buffer.from(value, 'base64').length === KEY_BYTES
  );
}
