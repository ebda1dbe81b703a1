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
   * The deadline of one operation on `store`, in milliseconds, 1 to 600,000.
   *
   * @default 250
   */
  readonly storeDeadlineMs?: number | undefined;
}
