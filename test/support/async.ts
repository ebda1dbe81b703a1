import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** How a call settled. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Waits until a condition holds. Throws when it does not hold even after the time that a busy machine needs. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const giveUpAtMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAtMs) throw new Error(`never held: ${condition.toString()}`);
    await sleep(1);
  }
}

/** Waits until a call settles. Never rejects. */
export async function settle(call: () => unknown): Promise<Outcome> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error };
  }
}

/** Returns what a call throws or a promise rejects with. Throws when there is no such error. */
export async function catchError(work: Promise<unknown> | (() => unknown)): Promise<CaughtError> {
  const outcome = await settle(() => (typeof work === 'function' ? work() : work));
  if ('error' in outcome) return outcome.error as CaughtError;
  throw new Error(`it resolved with ${JSON.stringify(outcome.value)}`);
}

/** The properties of the errors that tests read. */
export interface CaughtError extends Error {
  readonly code?: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly problems?: readonly string[];
}

/** Holds work back until a test opens it. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
