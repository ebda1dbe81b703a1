import type { ServerResponse } from 'node:http';
import type { RecordedRequest } from '../http/recorded-request.js';

/**
 * Responds to a request in place of the emulator, through the `ServerResponse` of Node.js.
 *
 * Stop timers and streams at the response's `close` event. The connection is `response.req.socket`.
 *
 * @param next - sends the emulator's own response: a fault may only delay it
 * @example
 * base44.fault({ respond: (_request, response) => response.writeHead(200).end('not JSON') });
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
  /**
   * One of `faults`, or a function of your own.
   *
   * @default faults.status(503)
   */
  readonly respond?: FaultResponder | undefined;
  /**
   * The number of requests to hit. `Infinity` hits all until `clear()`.
   *
   * @default 1
   */
  readonly times?: number | undefined;
  /**
   * The requests to hit: a connector's identifier, or a predicate.
   *
   * @default every request
   */
  readonly match?: string | ((request: RecordedRequest) => boolean) | undefined;
}
