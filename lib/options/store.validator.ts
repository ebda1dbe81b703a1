import { isPresent, type SiblingOptions } from './sibling-options.js';

const KEY_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * Returns a clause that completes "store …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeStoreProblem(store: unknown): string | undefined {
  return hasMethods(store, ['get', 'set', 'delete'])
    ? undefined
    : 'must be a Keyv, or have its methods get, set and delete';
}

/**
 * Returns a clause that completes "encryptionKeys …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeEncryptionKeysProblem(
  keys: unknown,
  { store }: SiblingOptions,
): string | undefined {
  if (!isPresent(keys)) {
    return store ? 'is required with store, because tokens are stored encrypted only' : undefined;
  }
  return Array.isArray(keys) && keys.length > 0 && keys.every(isEncryptionKey)
    ? undefined
    : 'must be a list of keys of 32 random bytes in base64, as openssl rand -base64 32 prints them';
}

/**
 * Returns a clause that completes "lease …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeLeaseProblem(
  lease: unknown,
  { store }: SiblingOptions,
): string | undefined {
  if (!hasMethods(lease, ['acquire', 'release'])) {
    return 'must come from createRedisLease(client), or have its methods acquire and release';
  }
  return isPresent(store)
    ? undefined
    : 'requires store, because the holder of the lease shares its connection there; configure both';
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  const methods = Object(value) as Record<string, unknown>;
  return names.every((name) => typeof methods[name] === 'function');
}

function isEncryptionKey(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    BASE64.test(value) &&
    Buffer.from(value, 'base64').length === KEY_BYTES
  );
}
