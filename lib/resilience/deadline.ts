import { forwardAbort, untilAborted } from '../common/abort.js';
import { getLocalStep, trackSteps } from './local-step.js';

/**
 * A deadline, and the other ways in which work ends.
 *
 * @internal
 */
export interface DeadlineOptions {
  readonly deadlineMs: number;
  /** Creates the error of a passed deadline, unless a local step runs, which has its own. */
  readonly onDeadline: () => Error;
  readonly parent?: AbortSignal | undefined;
  /** The controller by which other code can abort the work. */
  readonly controller?: AbortController;
}

/**
 * Runs `work` until its deadline, or until `parent` aborts. Then the promise rejects with the reason
 * of the abort, even if `work` ignores its signal.
 *
 * @internal
 */
export async function withinDeadline<T>(
  { deadlineMs, onDeadline, parent, controller = new AbortController() }: DeadlineOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  parent?.throwIfAborted();
  const { signal } = controller;
  trackSteps(signal, parent);
  const timer = setTimeout(() => {
    controller.abort(getLocalStep(signal)?.onDeadline(Math.ceil(deadlineMs)) ?? onDeadline());
  }, deadlineMs);
  const stopForwarding = forwardAbort(parent, controller);
  try {
    return await untilAborted(signal, work(signal));
  } catch (error) {
    // An aborted request rejects with an error of its own; the signal knows the reason.
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(timer);
    stopForwarding();
  }
}
