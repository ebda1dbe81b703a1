import { AxiosError, type InternalAxiosRequestConfig } from 'axios';
import { MAX_TIMER_MS } from '../../common/clock.js';
import { withinDeadline } from '../../resilience/deadline.js';

type Config = InternalAxiosRequestConfig;

type TimeoutSettings = Pick<Config, 'timeout' | 'timeoutErrorMessage'>;

/**
 * The deadline of one call, from the `timeout` of axios. It includes the wait for a token, all
 * attempts, and the pauses between them.
 *
 * @internal
 */
export class AxiosDeadline {
  readonly #config: Config;
  readonly #timeoutMs: number;
  readonly #deadlineAtMs: number;

  constructor(config: Config) {
    this.#config = config;
    this.#timeoutMs = Math.min(config.timeout ?? 0, MAX_TIMER_MS);
    this.#deadlineAtMs = performance.now() + this.#timeoutMs;
  }

  /** The time that the whole call may take, or `undefined` without a timeout. */
  get timeoutMs(): number | undefined {
    return this.#timeoutMs > 0 ? this.#timeoutMs : undefined;
  }

  /**
   * Runs `work` with a signal that aborts at the deadline, or together with `parent`.
   *
   * @throws `AxiosError` when the deadline passes
   */
  run<T>(parent: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadlineMs = this.#timeoutMs;
    if (deadlineMs === 0) return work(parent);
    const onDeadline = (): Error => createTimeoutError(this.#config, deadlineMs);
    return withinDeadline({ deadlineMs, onDeadline, parent }, work);
  }

  /** Returns the settings that limit an attempt to the remaining time. */
  toTimeoutSettings(): TimeoutSettings {
    if (this.#timeoutMs === 0) return {};
    const remainingMs = this.#deadlineAtMs - performance.now();
    return {
      timeout: Math.max(Math.ceil(remainingMs), 1),
      timeoutErrorMessage: getTimeoutMessage(this.#config, this.#timeoutMs),
    };
  }
}

/** Creates the error that axios rejects with. */
function createTimeoutError(config: Config, timeoutMs: number): AxiosError {
  const code = config.transitional?.clarifyTimeoutError ? 'ETIMEDOUT' : 'ECONNABORTED';
  return new AxiosError(getTimeoutMessage(config, timeoutMs), code, config);
}

function getTimeoutMessage({ timeoutErrorMessage }: Config, timeoutMs: number): string {
  return timeoutErrorMessage ?? `timeout of ${timeoutMs}ms exceeded`;
}
