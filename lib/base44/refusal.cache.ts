import { LRUCache } from 'lru-cache';
import { sha256 } from '../common/hash.js';
import { Base44RateLimitedError } from '../errors/base44.errors.js';
import { BrokerError } from '../errors/broker.errors.js';
import type { ConnectorsError } from '../errors/connectors.error.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import { ServiceRoleRejectedError } from '../errors/service-role.errors.js';
import type { SealedToken } from '../interfaces/identity.interface.js';

const MAX_ENTRIES = 1_000;

/** The longest time without a request because of a rate limit. Then one request finds out. */
const MAX_RATE_LIMITED_MS = 60_000;

/** The time without a request after a rejected service token, which may become valid at Base44. */
const REJECTED_MS = 5_000;

/**
 * The credential with which requests are sent.
 *
 * @internal
 */
export interface RefusedCredential {
  /** The server, the app and the service token, or other parts that identify the service role. */
  readonly serviceRole: readonly string[];
  /** The user on whose behalf a request is sent. The server may have rejected the user's token. */
  readonly userToken?: SealedToken | undefined;
}

interface Refusal {
  readonly endsAtMs: number;
  /** Creates the error for another call. */
  readonly createError: (context: ErrorContext, remainingMs: number) => ConnectorsError;
}

/**
 * Remembers that a server limits the rate of requests or rejects a credential, so that the next
 * callers get the same error without a request. A new service token has an entry of its own.
 *
 * @internal
 */
export class RefusalCache {
  readonly #entries = new LRUCache<string, Refusal>({ max: MAX_ENTRIES });

  /**
   * Sends a request, unless the server has refused its credential a moment ago.
   *
   * @throws the error of `send`, or a copy of the remembered error
   */
  async run<T>(
    { serviceRole, userToken }: RefusedCredential,
    context: ErrorContext,
    send: () => Promise<T>,
  ): Promise<T> {
    const sharedKey = toKey(serviceRole);
    const ownKey = userToken ? toKey([...serviceRole, userToken.reveal()]) : sharedKey;
    for (const key of [sharedKey, ownKey]) this.#throwRefusal(key, context);
    try {
      return await send();
    } catch (error) {
      // The server may have rejected the user's token, so other users are not concerned.
      const key = error instanceof Base44RateLimitedError ? sharedKey : ownKey;
      const refusal = toRefusal(error, performance.now());
      if (refusal !== undefined) this.#entries.set(key, refusal);
      throw error;
    }
  }

  #throwRefusal(key: string, context: ErrorContext): void {
    const refusal = this.#entries.get(key);
    if (refusal === undefined) return;
    const remainingMs = Math.ceil(refusal.endsAtMs - performance.now());
    if (remainingMs > 0) throw refusal.createError(context, remainingMs);
    this.#entries.delete(key);
  }
}

function toKey(parts: readonly string[]): string {
  return sha256(JSON.stringify(parts), 'base64url');
}

function toRefusal(error: unknown, nowMs: number): Refusal | undefined {
  if (error instanceof Base44RateLimitedError) {
    const { status = 429, retryAfterMs = 0 } = error;
    if (retryAfterMs === 0) return undefined;
    return {
      endsAtMs: nowMs + Math.min(retryAfterMs, MAX_RATE_LIMITED_MS),
      createError: (context, ms) => new Base44RateLimitedError(context, status, ms),
    };
  }
  const createError = toRejection(error);
  return createError && { endsAtMs: nowMs + REJECTED_MS, createError };
}

function toRejection(error: unknown): Refusal['createError'] | undefined {
  if (error instanceof ServiceRoleRejectedError) {
    const { status = 401 } = error;
    return (context) => new ServiceRoleRejectedError(context, status);
  }
  if (!(error instanceof BrokerError) || error.code !== 'BROKER_SECRET_REJECTED') return undefined;
  const { code, message, status } = error;
  return ({ connector }) => new BrokerError(code, message, { connector, status });
}
