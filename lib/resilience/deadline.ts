/**
 * Runs `work` for as long as `parent` lets it and no longer than `deadlineMs`.
 * The promise settles then even if `work` ignores its signal, and says what ended it.
 *
 * @internal
 */
export async function withinDeadline<T>(
  { deadlineMs, onDeadline, parent }: DeadlineOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  parent?.throwIfAborted();
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(() => {
    controller.abort(onDeadline());
  }, deadlineMs);
  const onParentAbort = (): void => {
    controller.abort(parent?.reason);
  };
  parent?.addEventListener('abort', onParentAbort, { once: true });
  try {
    return await Promise.race([work(signal), rejectionOf(signal)]);
  } catch (error) {
    // An aborted request fails in its own words; the signal knows why it was aborted.
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(timer);
    parent?.removeEventListener('abort', onParentAbort);
  }
}

interface DeadlineOptions {
  readonly deadlineMs: number;
  /** Makes the error to reject with when the deadline passes. */
  readonly onDeadline: () => Error;
  readonly parent?: AbortSignal | undefined;
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
