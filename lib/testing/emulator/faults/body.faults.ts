import type { FaultResponder } from './fault.interface.js';
import { status } from './response.faults.js';
import { every } from './response-timer.js';
import { JSON_HEADERS, VALID_BODY } from './valid-body.js';

const ENDLESS_CHUNK = Buffer.alloc(64 * 1024, ' ');

/**
 * Sends a 200 whose body never ends, one byte at a time, so that no idle timeout fires.
 *
 * @param everyMs - the interval between two bytes, in milliseconds
 *
 * @publicApi
 */
export function drip(everyMs = 10): FaultResponder {
  return (_request, response) => {
    response.writeHead(200, JSON_HEADERS).flushHeaders();
    every(response, everyMs, () => response.write(' '));
  };
}

/**
 * Sends a 200 whose body never ends, as fast as the client reads.
 *
 * @publicApi
 */
export function endless(): FaultResponder {
  return (_request, response) => {
    const writeChunk = () => {
      if (!response.destroyed) response.write(ENDLESS_CHUNK);
    };
    // Other events must run between two chunks. Otherwise the emulator could not close.
    response.writeHead(200, JSON_HEADERS).on('drain', () => setImmediate(writeChunk));
    writeChunk();
  };
}

/**
 * Sends a 200 with a `Content-Length` that is too high, then closes the connection.
 *
 * @publicApi
 */
export function truncatedBody(): FaultResponder {
  const headers = { ...JSON_HEADERS, 'Content-Length': VALID_BODY.length + 100 };
  return (_request, response) => {
    response.writeHead(200, headers).write(VALID_BODY, () => response.req.socket.destroy());
  };
}

/**
 * Sends a 200 with truncated JSON, which is a complete response for HTTP.
 *
 * @publicApi
 */
export function truncatedJson(): FaultResponder {
  return status(200, { body: VALID_BODY.slice(0, -10) });
}
