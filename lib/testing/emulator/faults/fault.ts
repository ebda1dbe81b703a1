import type { ServerResponse } from 'node:http';
import type { RecordedRequest } from '../recorded-request.js';

/**
 * Answers a request in place of the emulator, on node's own response. What it
 * starts has to end with the response's `close` event. `next` gives the word to
 * the emulator, for a fault that only delays. `response.req.socket` is the connection.
 *
 * @publicApi
 */
export type FaultResponder = (
  request: RecordedRequest,
  response: ServerResponse,
  next: () => Promise<void>,
) => void | Promise<void>;

/**
 * A scripted fault.
 *
 * @publicApi
 */
export interface Fault {
  /** One of `faults`, or a function of your own. @default faults.status(503) */
  readonly respond?: FaultResponder | undefined;
  /** How many requests it hits; `Infinity` for every one until `clear()`. @default 1 */
  readonly times?: number | undefined;
  /** A connector's identifier, or a predicate. @default every request */
  readonly match?: string | ((request: RecordedRequest) => boolean) | undefined;
}
