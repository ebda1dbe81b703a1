import { status } from './answer.faults.js';
import type { FaultResponder } from './fault.js';
import { every } from './response-timer.js';
import { json, USABLE_JSON } from './usable-answer.js';

const ENDLESS_CHUNK = Buffer.alloc(64 * 1024, ' ');

/**
 * A 200 whose body comes a byte at a time and never ends, so that no idle timeout fires.
 *
 * @param everyMs - Milliseconds between two bytes.
 *
 * @publicApi
 */
export function drip(everyMs = 10): FaultResponder {
  return (_request, response) => {
    response.writeHead(200, json).flushHeaders();
    every(response, everyMs, () => response.write(' '));
  };
}

/**
 * A 200 whose body never ends, as fast as the client reads.
 *
 * @publicApi
 */
export function endless(): FaultResponder {
  return (_request, response) => {
    const pump = () => {
      if (!response.destroyed) response.write(ENDLESS_CHUNK);
    };
    // Between two chunks everybody else gets a turn, the one who closes included.
    response.writeHead(200, json).on('drain', () => setImmediate(pump));
    pump();
  };
}

/**
 * A 200 that announces more bytes than it sends before the connection ends.
 *
 * @publicApi
 */
export function truncatedBody(): FaultResponder {
  const headers = { ...json, 'Content-Length': USABLE_JSON.length + 100 };
  return (_request, response) => {
    response.writeHead(200, headers).write(USABLE_JSON, () => response.req.socket.destroy());
  };
}

/**
 * A 200 that HTTP takes for complete, with JSON that is cut.
 *
 * @publicApi
 */
export function truncatedJson(): FaultResponder {
  return status(200, { body: USABLE_JSON.slice(0, -10) });
}
