/**
 * The result of an attempt.
 *
 * @internal
 */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * Runs work, and returns its value or its error.
 *
 * @internal
 */
export async function toOutcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

/**
 * Returns the value of an outcome, or throws its error.
 *
 * @internal
 */
export function unwrap<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
