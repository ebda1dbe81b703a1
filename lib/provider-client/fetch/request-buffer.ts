import { withinDeadline } from '../../resilience/deadline.js';
import { readUpTo } from './small-body.js';

const MAX_BYTES = 1_048_576;

/** The longest wait for the end of a body, because its producer may wait for the provider. */
const DEADLINE_MS = 1_000;

/**
 * Reads the body of a `Request`, so that it can be sent again: a `Request` makes a stream of each body.
 *
 * @returns the bytes, or a stream when the body is longer than 1 MiB or takes longer than a second
 * @internal
 */
export async function bufferBody({
  body,
  signal,
}: Pick<RequestInit, 'body' | 'signal'>): Promise<NonNullable<RequestInit['body']> | null> {
  if (!(body instanceof ReadableStream)) return body ?? null;
  const [copy, rest] = body.tee();
  const deadline = {
    deadlineMs: DEADLINE_MS,
    onDeadline: () => new Error('The body takes too long'),
    parent: signal ?? undefined,
  };
  const bytes = await withinDeadline(deadline, (aborted) => readUpTo(copy, MAX_BYTES, aborted))
    // The request itself rejects with the reason of its signal.
    .catch(() => undefined);
  return bytes ?? rest;
}
