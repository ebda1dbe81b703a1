import { AsyncResource } from 'node:async_hooks';

const outside = new AsyncResource('outside of tests');

/**
 * Runs work outside Jest's async context. Sockets and promises that are created there do not hold
 * Jest's tree of tests, which an inspection with hidden properties would print.
 */
export function outsideTestContext<T>(work: () => T): T {
  return outside.runInAsyncScope(work);
}
