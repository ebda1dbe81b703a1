import type { ServerResponse } from 'node:http';
import type { FaultResponder } from './fault.interface.js';
import { after } from './response-timer.js';
import { JSON_HEADERS, VALID_BODY } from './valid-body.js';

/** The delay of a reset, because it would overtake the bytes that were written before it. */
const FLUSH_MS = 20;

/**
 * The point in the response at which the connection is reset.
 *
 * @publicApi
 */
export type ResetPoint = 'before-headers' | 'within-headers' | 'after-headers' | 'within-body';

const BEGIN_RESPONSE: Readonly<Record<ResetPoint, (response: ServerResponse) => void>> = {
  'before-headers': () => undefined,
  'within-headers': ({ req }) => req.socket.write('HTTP/1.1 200 OK\r\nContent-Ty'),
  'after-headers': (response) => {
    response.writeHead(200, JSON_HEADERS).flushHeaders();
  },
  'within-body': (response) => response.writeHead(200, JSON_HEADERS).write(VALID_BODY.slice(0, 20)),
};

/**
 * Resets the connection (RST).
 *
 * A reset of a reused connection looks like a server that closes an idle keep-alive connection.
 *
 * @publicApi
 */
export function reset(at: ResetPoint = 'before-headers'): FaultResponder {
  return (_request, response) => {
    BEGIN_RESPONSE[at](response);
    after(response, at === 'before-headers' ? 0 : FLUSH_MS, () => {
      response.req.socket.resetAndDestroy();
    });
  };
}

/**
 * Never responds.
 *
 * @publicApi
 */
export function hang(): FaultResponder {
  return () => undefined;
}

/**
 * Sends nothing for a while, then the emulator's own response or another fault.
 *
 * @param delayMs - the delay before the headers, in milliseconds
 * @example
 * faults.delay(200)
 * faults.delay(200, faults.reset())
 *
 * @publicApi
 */
export function delay(delayMs: number, then?: FaultResponder): FaultResponder {
  return (request, response, next) => {
    const respond = async () => (then ?? next)(request, response, next);
    return new Promise((resolve, reject) => {
      after(response, delayMs, () => {
        respond().then(resolve, reject);
      });
    });
  };
}
