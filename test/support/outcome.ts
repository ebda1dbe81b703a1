/** How a call ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Waits for the end of a call, whatever it is. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error };
  }
}

/** What a call fails with; it fails the test when the call succeeds. */
export async function errorOf(call: () => Promise<unknown>): Promise<unknown> {
  const outcome = await outcomeOf(call);
  if ('error' in outcome) return outcome.error;
  throw new Error(`it resolved with ${JSON.stringify(outcome.value)}`);
}

/** Waits for something that happens soon. */
export async function until(condition: () => boolean, withinMs = 2_000): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > withinMs) throw new Error('it never happened');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
