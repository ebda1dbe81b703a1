import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAfterTest } from '../../support/cleanup.js';
import { randomSecret } from '../../support/expect-no-secret.js';
import { closed, track } from '../../support/recording-server.js';

/** A listener at a Unix socket that nobody should talk to. */
export interface UnixSink {
  readonly path: string;
  /** All the bytes that it was sent. */
  received(): string;
}

export async function unixSink(): Promise<UnixSink> {
  const path = join(tmpdir(), `sink-${randomSecret(6)}.sock`);
  let received = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
  });
  track(server, sockets);
  await once(server.listen({ path }), 'listening');
  closeAfterTest(() => closed(server, sockets));
  return { path, received: () => received };
}
