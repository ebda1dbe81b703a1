import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { closeAfterTest } from './cleanup.js';
import { closed, track } from './recording-server.js';

const END_OF_HEAD = '\r\n\r\n';

export interface RawServer {
  readonly url: string;
  /** The first line of every request, as it came. */
  readonly requestLines: string[];
}

/**
 * A server on bare sockets, which is fast, keeps connections alive, and can answer
 * what `node:http` would refuse to send.
 *
 * @param answer - the bytes of a whole answer, for the first line of a request
 */
export async function rawServer(answer: (requestLine: string) => Buffer): Promise<RawServer> {
  const requestLines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    let received = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk;
      let request: ReadRequest | undefined;
      while ((request = readRequest(received)) !== undefined) {
        received = received.slice(request.length);
        requestLines.push(request.line);
        socket.write(answer(request.line));
      }
    });
  });
  track(server, sockets);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closeAfterTest(() => closed(server, sockets));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requestLines };
}

interface ReadRequest {
  readonly line: string;
  /** Of the request with its body. */
  readonly length: number;
}

function readRequest(received: string): ReadRequest | undefined {
  const end = received.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const bodyLength = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, end))?.[1] ?? 0);
  const length = end + END_OF_HEAD.length + bodyLength;
  if (received.length < length) return undefined;
  return { line: received.slice(0, received.indexOf('\r\n')), length };
}

/** A whole answer of HTTP/1.1 on a connection that goes on. */
export function rawAnswer(
  body: string | Buffer,
  status = '200 OK',
  headers: string[] = [],
): Buffer {
  const bytes = Buffer.from(body);
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json',
    `Content-Length: ${bytes.length}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n') + END_OF_HEAD, 'latin1'), bytes]);
}
