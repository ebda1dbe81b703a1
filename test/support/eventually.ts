/** Waits for something that happens soon, or fails. */
export async function eventually(condition: () => boolean, withinMs = 5_000): Promise<void> {
  const deadlineAtMs = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadlineAtMs) throw new Error(`never: ${condition.toString()}`);
    await pause(1);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  return promise.then(
    () => {
      throw new Error('resolved');
    },
    (error: unknown) => error as Record<string, unknown>,
  );
}
