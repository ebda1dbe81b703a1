import { once } from 'node:events';
import { Server as HttpsServer } from 'node:https';
import type { ListenOptions, Server, Socket } from 'node:net';
import { closeAfterTest } from './close-after-test.js';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

/** A server that listens. */
export interface OpenServer {
  /** 0 for a Unix socket. */
  readonly port: number;
  readonly url: string;
  /** The connections that are open now. */
  readonly sockets: ReadonlySet<Socket>;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/** Lets a server listen on a free port of loopback, unless `where` names another address. */
export async function openServer(server: Server, where: ListenOptions = {}): Promise<OpenServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  // Beside a port, Node.js ignores the path of a Unix socket.
  server.listen(where.path === undefined ? { ...LOOPBACK, ...where } : where);
  await once(server, 'listening');
  const address = server.address()!;
  const { address: host, port } = typeof address === 'string' ? { address, port: 0 } : address;
  const scheme = server instanceof HttpsServer ? 'https' : 'http';
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { port, url: `${scheme}://${host}:${port}`, sockets, close };
}

/** Does the same for one test. */
export async function openTestServer(server: Server, where?: ListenOptions): Promise<OpenServer> {
  const opened = await openServer(server, where);
  closeAfterTest(() => opened.close());
  return opened;
}
