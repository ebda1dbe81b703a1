import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { closeAfterTest } from './cleanup.js';
import { closed, track } from './recording-server.js';

const REFUSAL = 'HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** A listener that nobody should talk to. */
export interface ByteSink {
  readonly port: number;
  readonly url: string;
  /** All the bytes that it was sent, whatever the protocol. */
  received(): string;
}

/** Listens on TCP, or on a Unix socket, keeps every byte, and answers 502 to end the client's wait. */
export async function byteSink(
  where: { host?: string; port?: number } | { path: string } = {},
): Promise<ByteSink> {
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      socket.end(REFUSAL);
    });
  });
  track(server, sockets);
  // Beside a port the path of a Unix socket counts for nothing.
  const listenOn = 'path' in where ? where : { host: '127.0.0.1', port: 0, ...where };
  await once(server.listen(listenOn), 'listening');
  closeAfterTest(() => closed(server, sockets));
  const address = server.address();
  const { address: host, port } = typeof address === 'string' ? { address, port: 0 } : address!;
  return {
    port,
    url: `http://${host}:${port}`,
    received: () => Buffer.concat(chunks).toString('latin1'),
  };
}
