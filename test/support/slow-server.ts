import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { closeAfterTest } from './cleanup.js';
import { closed, track } from './recording-server.js';

export interface SlowServer {
  readonly port: number;
  readonly url: string;
  /** The connections that are open at the moment. */
  readonly sockets: ReadonlySet<Socket>;
}

/**
 * A server that takes its time.
 *
 * @param answer - begins to answer on a bare socket, once the client has spoken
 */
export async function slowServer(answer: (socket: Socket) => void): Promise<SlowServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.resume();
      answer(socket);
    });
  });
  track(server, sockets);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closeAfterTest(() => closed(server, sockets));
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, sockets };
}

/** Says something first, and then the same thing again and again. */
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
