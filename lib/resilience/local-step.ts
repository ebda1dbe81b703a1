import { untilAborted } from '../common/abort.js';

/**
 * A step of an attempt before its request: code of the application, or a wait for another caller.
 *
 * @internal
 */
export interface LocalStep<T> {
  /** Creates the error of a deadline that passes during the step. */
  readonly onDeadline: (deadlineMs: number) => Error;
  readonly work: () => Promise<T>;
}

/** The step that runs now, shared by the nested deadlines of a call. */
interface Progress {
  step?: LocalStep<unknown> | undefined;
}

const progressBySignal = new WeakMap<AbortSignal, Progress>();

/**
 * Lets local steps know the deadline of a signal.
 *
 * @param parent - the signal of the deadline around it
 * @internal
 */
export function trackSteps(signal: AbortSignal, parent: AbortSignal | undefined): void {
  const progress = parent && progressBySignal.get(parent);
  progressBySignal.set(signal, progress ?? {});
}

/**
 * Returns the local step that a deadline interrupts, if there is one.
 *
 * @internal
 */
export function getLocalStep(signal: AbortSignal): LocalStep<unknown> | undefined {
  return progressBySignal.get(signal)?.step;
}

/**
 * Runs a local step, until its signal aborts.
 *
 * @internal
 */
export async function runLocalStep<T>(step: LocalStep<T>, signal: AbortSignal): Promise<T> {
  const progress = progressBySignal.get(signal) ?? {};
  progress.step = step;
  try {
    return await untilAborted(signal, step.work());
  } finally {
    progress.step = undefined;
  }
}
