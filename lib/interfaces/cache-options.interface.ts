/**
 * A store through which processes share connections: a `Keyv` of the keyv package, or an object with
 * these methods.
 *
 * @publicApi
 */
export interface ConnectorsStore {
  /** Returns the value of a key, or `undefined` without one. */
  get(key: string): Promise<unknown>;
  /** Stores a value for `ttlMs` milliseconds. */
  set(key: string, value: string, ttlMs?: number): Promise<unknown>;
  /** Deletes the value of a key. */
  delete(key: string): Promise<unknown>;
}

/**
 * A lease that at most one process holds at a time. `createRedisLease()` creates one for a Redis.
 *
 * @publicApi
 */
export interface ConnectorsLease {
  /**
   * Acquires the lease of a name, unless it has a holder. It ends after `ttlMs` milliseconds.
   *
   * @param holder - a random value that identifies this holder
   * @returns whether the lease was acquired
   */
  acquire(name: string, holder: string, ttlMs: number): Promise<boolean>;
  /** Releases the lease of a name, unless it has another holder by now. */
  release(name: string, holder: string): Promise<unknown>;
}

/**
 * The options of the connection cache.
 *
 * @publicApi
 */
export interface CacheOptions {
  /**
   * The maximum time for which a connection is cached, in milliseconds. A token that expires earlier is
   * cached for less.
   *
   * A connection in use is renewed in the background before it expires.
   *
   * @default 60_000
   */
  readonly ttlMs?: number | undefined;
  /**
   * The time for which "not connected" is cached, in milliseconds. 0 disables it. Connectors of app
   * users are never cached so, because no event reports that the user has connected.
   *
   * A rejected service token is not sent again for the same time.
   *
   * @default 5_000
   */
  readonly negativeTtlMs?: number | undefined;
  /**
   * The time after `ttlMs` in which a stale connection is returned while Base44 fails, in milliseconds.
   * 0 disables it.
   *
   * @default 300_000
   */
  readonly staleIfErrorMs?: number | undefined;
  /**
   * The maximum number of cached connections. The least recently used connection is evicted first.
   *
   * @default 10_000
   */
  readonly maxEntries?: number | undefined;
  /**
   * The store through which processes share connections. Requires `encryptionKeys`.
   *
   * @default no store
   */
  readonly store?: ConnectorsStore | undefined;
  /**
   * The keys that encrypt the entries in `store` (AES-256-GCM). Each is 32 random bytes in base64, as
   * printed by `openssl rand -base64 32`.
   *
   * The first key encrypts and all keys decrypt. To rotate, put a new key first.
   */
  readonly encryptionKeys?: readonly string[] | undefined;
  /**
   * The lease with which one process requests a connection while the others wait for it in `store`, or
   * serve the connection that they have: `createRedisLease(client)`. Requires `store`.
   *
   * It ends after a third of `resilience.deadlineMs`, so the crash of its holder fails no call.
   *
   * @default no lease: processes that need a connection at the same time each request it
   */
  readonly lease?: ConnectorsLease | undefined;
  /**
   * The deadline of one operation on `store` or `lease`, in milliseconds, 1 to 600,000.
   *
   * @default 250
   */
  readonly storeDeadlineMs?: number | undefined;
}
