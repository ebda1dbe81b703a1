import type { OperationChannels } from './channels.js';
import { getErrorType } from './error-type.js';
import { allowWrappers, runWrapped } from './operation-wrapper.js';

/**
 * Runs an operation within the stores and the wrappers of its `start` channel, and publishes both messages.
 * A message contains no result, because that may be a token.
 *
 * @param getFields - returns further fields of the last message; receives `undefined` after a failure
 * @internal
 */
export function trace<T>(
  { start, end }: OperationChannels,
  message: object,
  work: () => Promise<T>,
  getFields: (value: T | undefined) => object | undefined,
): Promise<T> {
  if (!start.hasSubscribers && !end.hasSubscribers) return work();
  const run = async (): Promise<T> => {
    const startedAtMs = performance.now();
    const publishEnd = (fields: object | undefined): void => {
      const durationMs = performance.now() - startedAtMs;
      end.publish(Object.freeze({ ...message, ...fields, durationMs }));
    };
    try {
      const value = await work();
      publishEnd(getFields(value));
      return value;
    } catch (error) {
      publishEnd({ ...getFields(undefined), errorType: getErrorType(error) });
      throw error;
    }
  };
  allowWrappers(message);
  return start.runStores(Object.freeze(message), () => runWrapped(message, run));
}
