import { Base44UnavailableError } from '../errors/base44.errors.js';

/**
 * How a request to Base44 is carried out: within a deadline, for as long as its caller waits.
 *
 * @internal
 */
export class ResiliencePolicy {
  constructor(private readonly deadlineMs: number) {}

  /**
   * @param connector - the identifier that errors name
   * @param callerSignal - ends the wait; the promise then rejects with its reason
   * @throws {@link Base44UnavailableError} when the deadline passes, also if `work` ignores its signal
   */
  async execute<T>(
    connector: string,
    callerSignal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    callerSignal?.throwIfAborted();
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => {
      const reason = `no answer within ${this.deadlineMs} ms`;
      controller.abort(new Base44UnavailableError({ connector }, reason));
    }, this.deadlineMs);
    const onCallerAbort = (): void => {
      controller.abort(callerSignal?.reason);
    };
    callerSignal?.addEventListener('abort', onCallerAbort, { once: true });
    try {
      return await Promise.race([work(signal), rejectionOf(signal)]);
    } catch (error) {
      // An aborted request fails in its own words; the signal knows why it was aborted.
      throw signal.aborted ? signal.reason : error;
    } finally {
      clearTimeout(timer);
      callerSignal?.removeEventListener('abort', onCallerAbort);
    }
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
