/**
 * Deadlines, retries and the circuit breaker of requests to Base44.
 *
 * @publicApi
 */
export interface ResilienceOptions {
  /**
   * The timeout of one attempt, in milliseconds, 1 to 600,000.
   *
   * A metered call may use the whole `deadlineMs`, because it is not retried once it is sent.
   *
   * @default 5_000
   */
  readonly attemptTimeoutMs?: number | undefined;
  /**
   * The deadline of a call including retries and backoff, in milliseconds, 1 to 600,000.
   *
   * @default 15_000
   */
  readonly deadlineMs?: number | undefined;
  /**
   * The maximum number of retries, 0 to 10.
   *
   * Only transient failures are retried. A metered call is retried only if it was certainly not executed.
   *
   * @default 2
   */
  readonly retries?: number | undefined;
  /**
   * The circuit breaker, which stops requests after consecutive failures. `false` disables it.
   *
   * @default {}
   */
  readonly breaker?: BreakerOptions | false | undefined;
}

/**
 * The options of the circuit breaker.
 *
 * @publicApi
 */
export interface BreakerOptions {
  /**
   * The number of consecutive failures that opens the breaker.
   *
   * @default 5
   */
  readonly failureThreshold?: number | undefined;
  /**
   * The time for which an open breaker rejects calls, in milliseconds. Then one call tests Base44 while other
   * calls wait for its outcome.
   *
   * @default 10_000
   */
  readonly halfOpenAfterMs?: number | undefined;
}
