import { createServer, type Socket } from 'node:net';
import { type OpenServer, openTestServer } from './open-server.js';

/**
 * Starts a server on bare sockets.
 *
 * @param respond - begins to respond after the client has sent something
 */
export function startSlowServer(respond: (socket: Socket) => void): Promise<OpenServer> {
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.resume();
      respond(socket);
    });
  });
  return openTestServer(server);
}

/** Sends a first part, and then the same part again and again. */
export function drip(first: string, again: string | Buffer, everyMs = 5): (socket: Socket) => void {
  return (socket) => {
    socket.write(first);
    const timer = setInterval(() => {
      if (!socket.writableNeedDrain) socket.write(again);
    }, everyMs);
    socket.once('close', () => {
      clearInterval(timer);
    });
  };
}
