import type { ServerResponse } from 'node:http';
import type { FaultResponder } from './fault.js';
import { after } from './response-timer.js';
import { json, USABLE_JSON } from './usable-answer.js';

// What was written has to reach the client before the reset overtakes it.
const FLUSH_MS = 20;

/**
 * How much of the answer has arrived when the connection is reset.
 *
 * @publicApi
 */
export type ResetPoint = 'before-headers' | 'within-headers' | 'after-headers' | 'within-body';

const BEGINNINGS: Readonly<Record<ResetPoint, (response: ServerResponse) => void>> = {
  'before-headers': () => undefined,
  'within-headers': ({ req }) => req.socket.write('HTTP/1.1 200 OK\r\nContent-Ty'),
  'after-headers': (response) => {
    response.writeHead(200, json).flushHeaders();
  },
  'within-body': (response) => response.writeHead(200, json).write(USABLE_JSON.slice(0, 20)),
};

/**
 * Resets the connection (RST). On a connection that served a request before, this
 * is what a client sees whose keep-alive connection was closed meanwhile.
 *
 * @publicApi
 */
export function reset(at: ResetPoint = 'before-headers'): FaultResponder {
  return (_request, response) => {
    BEGINNINGS[at](response);
    after(response, at === 'before-headers' ? 0 : FLUSH_MS, () => {
      response.req.socket.resetAndDestroy();
    });
  };
}

/**
 * Never answers.
 *
 * @publicApi
 */
export function hang(): FaultResponder {
  return () => undefined;
}

/**
 * Sends nothing for a while, headers included, and then the emulator's own answer
 * or another fault.
 *
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
