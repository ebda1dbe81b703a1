/**
 * A store that processes share connections through: a `Keyv` of the keyv package, or an object with
 * these methods.
 *
 * @publicApi
 */
export interface ConnectorsStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: string, ttlMs?: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/**
 * The options of the connection cache.
 *
 * @publicApi
 */
export interface CacheOptions {
  /**
   * The maximum time that a connection is cached, in milliseconds. A token that expires earlier is
   * cached for less.
   *
   * A connection in use is renewed in the background before it expires.
   *
   * @default 60_000
   */
  readonly ttlMs?: number | undefined;
  /**
   * The time that "not connected" is cached, in milliseconds. 0 disables it.
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
  /** Shares connections with other processes. Requires `encryptionKeys`. */
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
