import { createServer, type ListenOptions } from 'node:net';
import { openTestServer } from './open-server.js';

const REFUSAL = 'HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** A listener to which no client may connect. */
export interface ByteSink {
  readonly port: number;
  readonly url: string;
  /** All received bytes, in any protocol. */
  received(): string;
}

/** Listens on TCP or on a Unix socket, records every byte, and answers 502 so that the client does not wait. */
export async function startByteSink(where?: ListenOptions): Promise<ByteSink> {
  const chunks: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      socket.end(REFUSAL);
    });
  });
  const { port, url } = await openTestServer(server, where);
  return { port, url, received: () => Buffer.concat(chunks).toString('latin1') };
}
